import { describe, expect, it } from '@jest/globals';
import type { ContractSubject } from '../contract.js';
import { aClaim, aDeployment, aService } from './samples.js';

export function idempotencyContract(subject: () => ContractSubject): void {
  const keys = () => subject().stores.idempotency;
  const deployments = () => subject().stores.deployments;

  describe('idempotency keys', () => {
    it('replays the answer byte for byte', async () => {
      const claim = aClaim();
      const deployment = aDeployment(aService());
      expect(await keys().begin(claim)).toEqual({ state: 'new' });
      await deployments().request(deployment, claim);
      await keys().answer(claim, { status: 202, body: { zebra: 1, a: 'ä' } });
      const again = await keys().begin(claim);
      expect(again).toEqual({ state: 'known', resource: deployment.id, answer: { status: 202, body: { zebra: 1, a: 'ä' } } });
      expect(JSON.stringify(again)).toContain('{"zebra":1,"a":"ä"}');
    });

    it('keeps the first answer', async () => {
      const claim = aClaim();
      await keys().begin(claim);
      await keys().answer(claim, { status: 202, body: { n: 1 } });
      await keys().answer(claim, { status: 409, body: { n: 2 } });
      expect(await keys().begin(claim)).toMatchObject({ answer: { status: 202, body: { n: 1 } } });
    });

    it('refuses another body under the same key', async () => {
      const claim = aClaim();
      await keys().begin(claim);
      await expect(keys().begin({ ...claim, bodyHash: 'b' })).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    });

    it('keeps actors and routes apart', async () => {
      const claim = aClaim();
      await keys().begin(claim);
      expect(await keys().begin({ ...claim, actor: 'bob', bodyHash: 'b' })).toEqual({ state: 'new' });
      expect(await keys().begin({ ...claim, route: 'POST /adopt', bodyHash: 'b' })).toEqual({ state: 'new' });
    });

    it('lets one of several requests that come at once go ahead', async () => {
      const claim = aClaim();
      const states = (await Promise.all([1, 2, 3, 4].map(() => keys().begin(claim)))).map((answer) => answer.state);
      expect(states.sort()).toEqual(['in-flight', 'in-flight', 'in-flight', 'new']);
    });

    it('is in flight for 29 s', async () => {
      const claim = aClaim();
      await keys().begin(claim);
      await subject().age(29_000);
      expect(await keys().begin(claim)).toEqual({ state: 'in-flight', resource: null });
    });

    it('names what was requested while it is in flight', async () => {
      const claim = aClaim();
      const deployment = aDeployment(aService());
      await deployments().request(deployment, claim);
      expect(await keys().begin(claim)).toEqual({ state: 'in-flight', resource: deployment.id });
    });

    it('is taken over by one retry after more than 30 s', async () => {
      const claim = aClaim();
      await keys().begin(claim);
      await subject().age(31_000);
      const states = (await Promise.all([1, 2, 3].map(() => keys().begin(claim)))).map((answer) => answer.state);
      expect(states.sort()).toEqual(['in-flight', 'in-flight', 'new']);
    });

    it('names the deployment to drive again when the first try got that far', async () => {
      const claim = aClaim();
      const deployment = aDeployment(aService());
      await keys().begin(claim);
      await deployments().request(deployment, claim);
      await subject().age(31_000);
      expect(await keys().begin(claim)).toEqual({ state: 'known', resource: deployment.id, answer: null });
    });

    it('stops a slow request that its own retry overtook', async () => {
      const claim = aClaim();
      const [slow, retry] = [aDeployment(aService()), aDeployment(aService())];
      await keys().begin(claim);
      await subject().age(31_000);
      await keys().begin(claim);
      await deployments().request(retry, claim);
      await expect(deployments().request(slow, claim)).rejects.toMatchObject({ code: 'IDEMPOTENCY_IN_FLIGHT' });
      expect(await deployments().get(slow.id)).toBeUndefined();
    });

    it('is bound by the first request with it, so that one with another body is stopped', async () => {
      const claim = aClaim();
      const [first, other] = [aDeployment(aService()), aDeployment(aService())];
      await deployments().request(first, claim);
      await expect(deployments().request(other, { ...claim, bodyHash: 'b' })).rejects.toMatchObject({ code: 'IDEMPOTENCY_IN_FLIGHT' });
      expect(await deployments().get(other.id)).toBeUndefined();
    });

    it('may be used again after a refusal', async () => {
      const claim = aClaim();
      await keys().begin(claim);
      await keys().release(claim);
      expect(await keys().begin({ ...claim, bodyHash: 'b' })).toEqual({ state: 'new' });
    });

    it('goes on at once with the requested deployment after a release', async () => {
      const claim = aClaim();
      const deployment = aDeployment(aService());
      await keys().begin(claim);
      await deployments().request(deployment, claim);
      await keys().release(claim);
      expect(await keys().begin(claim)).toEqual({ state: 'known', resource: deployment.id, answer: null });
    });

    it('stands for nothing any more when its deployment was lost before it ever ran', async () => {
      const claim = aClaim();
      const [lost, next] = [aDeployment(aService()), aDeployment(aService())];
      await deployments().request(lost, claim);
      await keys().release(claim);
      await deployments().lose(lost.id, 'never started');
      await deployments().request(next, claim);
      expect(await keys().begin({ ...claim })).toMatchObject({ state: 'known', resource: next.id });
    });

    it('goes on standing for a deployment that was lost after it had run', async () => {
      const claim = aClaim();
      const lost = aDeployment(aService());
      await deployments().request(lost, claim);
      await deployments().accepted(lost.id);
      await deployments().lose(lost.id, 'terminated');
      await expect(deployments().request(aDeployment(aService()), claim)).rejects.toMatchObject({ code: 'IDEMPOTENCY_IN_FLIGHT' });
    });

    it('keeps an answer that was given, whatever is released', async () => {
      const claim = aClaim();
      await keys().begin(claim);
      await keys().answer(claim, { status: 202, body: {} });
      await keys().release(claim);
      expect(await keys().begin(claim)).toMatchObject({ state: 'known' });
    });
  });
}
