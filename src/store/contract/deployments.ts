import { describe, expect, it } from '@jest/globals';
import type { ContractSubject } from '../contract.js';
import { aClaim, aDeployment, aService, aStatus, anEnd } from './samples.js';

export function deploymentContract(subject: () => ContractSubject): void {
  const store = () => subject().stores.deployments;

  describe('deployments', () => {
    it('keeps a request as it was made', async () => {
      const deployment = aDeployment(aService(), { reason: 'fixes the cart', undoes: '01JD0000000000000000000000' });
      await store().request(deployment);
      expect(await store().get(deployment.id)).toMatchObject({ ...deployment, phase: 'requested', status: null, accepted: false, endedAt: null });
    });

    it('requests the same id once', async () => {
      const deployment = aDeployment(aService());
      await store().request(deployment);
      await store().accepted(deployment.id);
      await store().request(deployment);
      expect(await store().get(deployment.id)).toMatchObject({ accepted: true });
    });

    it('keeps text that PostgreSQL refuses with its odd characters replaced', async () => {
      const deployment = aDeployment(aService(), { reason: 'a\u0000b' });
      await store().request(deployment);
      await store().progress(aStatus(deployment, { notes: ['nul \u0000, half a pair \uD800'] }));
      const record = await store().get(deployment.id);
      expect([record?.reason, record?.status?.notes]).toEqual(['a\uFFFDb', ['nul \uFFFD, half a pair \uFFFD']]);
    });

    it('finds the newest live deployment of an environment', async () => {
      const service = aService();
      const [ended, live] = [aDeployment(service, { id: idOf(service, 0) }), aDeployment(service, { id: idOf(service, 1) })];
      await store().request(ended);
      await store().record({ status: anEnd(ended) });
      await store().request(live);
      expect((await store().live(service, 'production'))?.id).toBe(live.id);
      expect(await store().live(service, 'staging')).toBeUndefined();
    });

    it('lists by filter, newest first, page by page', async () => {
      const service = aService();
      const made = [];
      for (let n = 0; n < 3; n += 1) {
        const deployment = aDeployment(service, { id: idOf(service, n) });
        await store().request(deployment);
        made.unshift(deployment.id);
      }
      const first = await store().list({ service, live: true }, { limit: 2 });
      const rest = await store().list({ service, live: true }, { limit: 2, cursor: first.next ?? '' });
      expect([...first.items, ...rest.items].map((item) => item.id)).toEqual(made);
      expect(rest.next).toBeNull();
      expect((await store().list({ service, phase: 'succeeded' }, { limit: 2 })).items).toEqual([]);
      expect((await store().list({ service, live: false }, { limit: 2 })).items).toEqual([]);
      expect((await store().list({ service, environment: 'staging' }, { limit: 2 })).items).toEqual([]);
    });

    it('lets one run claim an id, again and again', async () => {
      const deployment = aDeployment(aService());
      await store().request(deployment);
      expect(await store().claim(deployment.id, 'run-1')).toBe(true);
      expect(await store().claim(deployment.id, 'run-1')).toBe(true);
      expect(await store().claim(deployment.id, 'run-2')).toBe(false);
      expect((await store().get(deployment.id))?.accepted).toBe(true);
    });

    it('lets only one of several runs that come at once claim an id', async () => {
      const deployment = aDeployment(aService());
      await store().request(deployment);
      const claims = await Promise.all(['a', 'b', 'c', 'd'].map((run) => store().claim(deployment.id, run)));
      expect(claims.filter(Boolean)).toHaveLength(1);
    });

    it('gives no claim on an unknown or lost id', async () => {
      const deployment = aDeployment(aService());
      await store().request(deployment);
      await store().lose(deployment.id, 'its workflow is gone');
      expect(await store().claim(deployment.id, 'run-1')).toBe(false);
      expect(await store().claim(aDeployment(aService()).id, 'run-1')).toBe(false);
    });

    it('withdraws a row that never started and frees its key', async () => {
      const deployment = aDeployment(aService());
      const claim = aClaim();
      await subject().stores.idempotency.begin(claim);
      await store().request(deployment, claim);
      await store().withdraw(deployment.id);
      await subject().stores.idempotency.release(claim);
      expect(await store().get(deployment.id)).toBeUndefined();
      expect(await subject().stores.idempotency.begin(claim)).toEqual({ state: 'new' });
    });

    it('withdraws nothing that was claimed', async () => {
      const deployment = aDeployment(aService());
      await store().request(deployment);
      await store().claim(deployment.id, 'run-1');
      await store().withdraw(deployment.id);
      expect(await store().get(deployment.id)).toBeDefined();
    });
  });
}

/** Ids in order, made from the service's own hexadecimal name. */
function idOf(service: string, n: number): string {
  return `01JD${service.slice(-12).toUpperCase()}00000000${n}`.padEnd(26, '0');
}
