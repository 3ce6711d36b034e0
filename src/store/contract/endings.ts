import { describe, expect, it } from '@jest/globals';
import type { ContractSubject } from '../contract.js';
import { aDeployment, anEnd, aService, aStable, aStatus } from './samples.js';

export function endingContract(subject: () => ContractSubject): void {
  const store = () => subject().stores.deployments;
  const requested = async (service = aService()) => {
    const deployment = aDeployment(service);
    await store().request(deployment);
    return deployment;
  };

  describe('progress and end of deployments', () => {
    it('shows the progress of a live run', async () => {
      const deployment = await requested();
      await store().progress(aStatus(deployment, { serial: 1 }));
      expect(await store().get(deployment.id)).toMatchObject({ phase: 'progressing', status: { step: 1 }, endedAt: null });
    });

    it('keeps the newer of two statuses, whichever comes last', async () => {
      const deployment = await requested();
      await store().progress(aStatus(deployment, { serial: 2, phase: 'promoting' }));
      await store().progress(aStatus(deployment, { serial: 1, phase: 'progressing' }));
      expect(await store().get(deployment.id)).toMatchObject({ phase: 'promoting', status: { serial: 2 } });
    });

    it('records end and stable together', async () => {
      const deployment = await requested();
      await store().record({ status: anEnd(deployment), stable: aStable(deployment) });
      expect(await store().get(deployment.id)).toMatchObject({ phase: 'succeeded', endedAt: '2026-01-01T00:10:00.000Z' });
      expect(await store().stable(deployment.service, 'production')).toEqual(aStable(deployment));
    });

    it('records a change of stable before the end', async () => {
      const deployment = await requested();
      await store().record({ status: aStatus(deployment, { phase: 'retiring' }), stable: aStable(deployment) });
      expect(await store().get(deployment.id)).toMatchObject({ phase: 'retiring', endedAt: null });
      expect((await store().stable(deployment.service, 'production'))?.deployment).toBe(deployment.id);
    });

    it('shows an end only when it is recorded, with all that belongs to it', async () => {
      const deployment = await requested();
      await store().progress(aStatus(deployment, { serial: 1 }));
      await store().progress(anEnd(deployment, { serial: 2 }));
      expect(await store().get(deployment.id)).toMatchObject({ phase: 'progressing', status: { phase: 'progressing' }, endedAt: null });
    });

    it('never shows progress over an end', async () => {
      const deployment = await requested();
      await store().record({ status: anEnd(deployment) });
      await store().progress(aStatus(deployment, { serial: 99 }));
      expect((await store().get(deployment.id))?.phase).toBe('succeeded');
    });

    it('keeps the first end', async () => {
      const deployment = await requested();
      await store().record({ status: anEnd(deployment) });
      await store().record({ status: anEnd(deployment, { phase: 'aborted' }), stable: aStable(deployment) });
      expect((await store().get(deployment.id))?.phase).toBe('succeeded');
      expect(await store().stable(deployment.service, 'production')).toBeUndefined();
    });

    it('never puts back an older stable release', async () => {
      const service = aService();
      const [first, second] = [await requested(service), await requested(service)];
      await store().record({ status: anEnd(second), stable: aStable(second, '2026-01-02T00:00:00.000Z') });
      await store().record({ status: anEnd(first), stable: aStable(first, '2026-01-01T00:00:00.000Z') });
      expect((await store().stable(service, 'production'))?.deployment).toBe(second.id);
    });

    it('says so when there is nothing to end', async () => {
      await expect(store().record({ status: anEnd(aDeployment(aService())) })).rejects.toMatchObject({ code: 'DEPLOYMENT_NOT_FOUND' });
    });

    it('ends a lost row once, with cause and event', async () => {
      const deployment = await requested();
      expect(await store().lose(deployment.id, 'its workflow is gone')).toBe(true);
      expect(await store().lose(deployment.id, 'its workflow is gone')).toBe(false);
      expect(await store().get(deployment.id)).toMatchObject({ phase: 'lost', status: { phase: 'lost', cause: { code: 'LOST', text: 'its workflow is gone' } } });
      expect(await subject().stores.events.after(deployment.id, 0, 10)).toMatchObject([{ kind: 'lost', text: 'its workflow is gone' }]);
    });

    it('takes the word of a run that was lost and found', async () => {
      const deployment = await requested();
      await store().lose(deployment.id, 'its workflow is gone');
      await store().record({ status: anEnd(deployment) });
      expect(await store().get(deployment.id)).toMatchObject({ phase: 'succeeded', endedAt: '2026-01-01T00:10:00.000Z' });
    });

    it('offers succeeded deployments for an undo, newest first', async () => {
      const service = aService();
      const first = await requested(service);
      await store().record({ status: anEnd(first) });
      const second = await requested(service);
      await store().record({ status: anEnd(second, { phase: 'rolled-back' }) });
      expect((await store().succeeded(service, 'production', 5)).map((record) => record.id)).toEqual([first.id]);
    });

    it('shows the sweeper what has not ended, with its age', async () => {
      const [old, ended] = [await requested(), await requested()];
      await store().record({ status: anEnd(ended) });
      await subject().age(60_000);
      const young = await requested();
      await store().accepted(young.id);
      const rows = await store().unended();
      const found = [old, ended, young].map((deployment) => rows.find(({ id }) => id === deployment.id));
      expect(found[0]).toMatchObject({ accepted: false, service: old.service, environment: 'production' });
      expect([found[1], found[2]?.accepted]).toEqual([undefined, true]);
      expect([(found[0]?.ageMs ?? 0) >= 60_000, (found[2]?.ageMs ?? 0) < 60_000]).toEqual([true, true]);
    });
  });
}
