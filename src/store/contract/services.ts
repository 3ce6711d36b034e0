import { describe, expect, it } from '@jest/globals';
import type { ContractSubject } from '../contract.js';
import { anObservation } from './observations.js';
import type { SourceClaim } from '../stores.js';
import { aDeployment, anEnd, aService, aStable } from './samples.js';

function aSource(place: string): SourceClaim {
  return { environment: 'production', source: 'data', place, maxAgeMs: null };
}

export function serviceContract(subject: () => ContractSubject): void {
  const store = () => subject().stores.services;
  const put = (service: string, definition: Record<string, string>, over: { expected?: number; backend?: string; sources?: readonly SourceClaim[] } = {}) => store().put({
    service, definition, by: 'ada', entries: [{ environment: 'production', router: 'edge', backend: over.backend ?? service }], sources: over.sources ?? [],
    ...(over.expected === undefined ? {} : { expected: over.expected }),
  });

  describe('services', () => {
    it('does not know a service that was never put', async () => {
      expect(await store().get(aService())).toBeUndefined();
    });

    it('counts revisions from 1', async () => {
      const service = aService();
      await put(service, { owner: 'a' });
      const second = await put(service, { owner: 'b' });
      expect(second.revision).toBe(2);
      expect(await store().get(service)).toEqual(second);
    });

    it('keeps the revision when nothing changed', async () => {
      const service = aService();
      await put(service, { owner: 'a', team: 'b' });
      expect((await put(service, { team: 'b', owner: 'a' })).revision).toBe(1);
    });

    it('keeps the order of keys as the user wrote them', async () => {
      const service = aService();
      await put(service, { zebra: '1', a: '2' });
      expect(Object.keys((await store().get(service))?.definition ?? {})).toEqual(['zebra', 'a']);
    });

    it('refuses a put over a revision that was not expected', async () => {
      const service = aService();
      await put(service, { owner: 'a' }, { expected: 0 });
      await expect(put(service, { owner: 'b' }, { expected: 0 })).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
      expect((await put(service, { owner: 'b' }, { expected: 1 })).revision).toBe(2);
    });

    it('lets one of two writers of the same revision win', async () => {
      const service = aService();
      await put(service, { owner: 'a' });
      const outcomes = await Promise.allSettled(['b', 'c', 'd'].map((owner) => put(service, { owner }, { expected: 1 })));
      expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
      expect((await store().get(service))?.revision).toBe(2);
    });

    it('refuses a router entry that another service has', async () => {
      const [mine, other] = [aService(), aService()];
      await put(mine, { owner: 'a' }, { backend: mine });
      await expect(put(other, { owner: 'a' }, { backend: mine })).rejects.toMatchObject({ code: 'ROUTER_ENTRY_TAKEN' });
      expect(await store().get(other)).toBeUndefined();
    });

    it('refuses one router entry for two environments of a service', async () => {
      const service = aService();
      const entries = ['staging', 'production'].map((environment) => ({ environment, router: 'edge', backend: service }));
      await expect(store().put({ service, definition: {}, by: 'ada', entries, sources: [] })).rejects.toMatchObject({ code: 'ROUTER_ENTRY_TAKEN' });
    });

    it('keeps the old entries after a refusal, and frees them when the definition moves on', async () => {
      const [mine, other] = [aService(), aService()];
      await put(mine, { owner: 'a' });
      await put(other, { owner: 'a' });
      await expect(put(mine, { owner: 'b' }, { backend: other })).rejects.toMatchObject({ code: 'ROUTER_ENTRY_TAKEN' });
      await expect(put(other, { owner: 'b' }, { backend: mine })).rejects.toMatchObject({ code: 'ROUTER_ENTRY_TAKEN' });
      await put(mine, { owner: 'b' }, { backend: `${mine}-2` });
      expect((await put(other, { owner: 'b' }, { backend: mine })).revision).toBe(2);
    });

    it.each([['the same data', ''], ['a part of it', '/inner']])('refuses data that another service owns in the environment: %s', async (_, below) => {
      const [mine, other] = [aService(), aService()];
      await put(mine, { owner: 'a' }, { sources: [aSource(`/srv/${mine}`)] });
      await expect(put(other, { owner: 'a' }, { sources: [aSource(`/srv/${mine}${below}`)] })).rejects.toMatchObject({ code: 'SOURCE_TAKEN', details: { owner: mine, ownedSource: 'data' } });
      expect(await store().get(other)).toBeUndefined();
      expect((await put(other, { owner: 'a' }, { sources: [{ ...aSource(`/srv/${mine}`), environment: 'staging' }] })).revision).toBe(1);
    });

    it('says beforehand what a put would be refused for, and changes nothing', async () => {
      const [mine, other] = [aService(), aService()];
      await put(mine, { owner: 'a' }, { sources: [aSource(`/srv/${mine}`)] });
      const entries = [{ environment: 'production', router: 'edge', backend: mine }];
      await expect(store().check(other, { entries, sources: [] })).rejects.toMatchObject({ code: 'ROUTER_ENTRY_TAKEN' });
      await expect(store().check(other, { entries: [], sources: [aSource(`/srv/${mine}`)] })).rejects.toMatchObject({ code: 'SOURCE_TAKEN' });
      await store().check(other, { entries: [], sources: [aSource(`/srv/${other}`)] });
      expect((await put(mine, { owner: 'b' }, { sources: [aSource(`/srv/${mine}`), { ...aSource(`/srv/${other}`), source: 'more' }] })).revision).toBe(2);
    });

    it('frees data when its owner moves on, or forgets the environment', async () => {
      const [mine, other] = [aService(), aService()];
      await put(mine, { owner: 'a' }, { sources: [aSource(`/srv/${mine}`)] });
      await put(mine, { owner: 'b' }, { sources: [aSource(`/srv/${mine}-2`)] });
      await put(other, { owner: 'a' }, { sources: [aSource(`/srv/${mine}`)] });
      await store().forget({ service: other, environment: 'production', definition: null, by: 'ada', expected: 1 });
      expect((await put(mine, { owner: 'c' }, { sources: [aSource(`/srv/${mine}`)] })).revision).toBe(3);
    });

    it('gives data to one of two who claim it at once', async () => {
      const place = `/srv/${aService()}`;
      const outcomes = await Promise.allSettled([place, `${place}/inner`, place].map((each) => put(aService(), { owner: 'a' }, { sources: [aSource(each)] })));
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    it('lists all services page by page, each once', async () => {
      const names = [aService(), aService(), aService()];
      for (const name of names) await put(name, { owner: 'a' });
      const seen: string[] = [];
      for (let cursor: string | null | undefined; cursor !== null;) {
        const page = await store().list({ limit: 2, ...(cursor === undefined ? {} : { cursor }) });
        seen.push(...page.items.map((item) => item.service));
        cursor = page.next;
      }
      expect(seen.filter((name) => names.includes(name)).sort()).toEqual(names.sort());
      expect(new Set(seen).size).toBe(seen.length);
    });

    it('refuses a cursor that it never gave', async () => {
      await expect(store().list({ limit: 2, cursor: 'nonsense' })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    });

    it('shows revisions newest first', async () => {
      const service = aService();
      for (const owner of ['a', 'b', 'c']) await put(service, { owner });
      const first = await store().revisions(service, { limit: 2 });
      expect(first.items.map((item) => item.revision)).toEqual([3, 2]);
      const rest = await store().revisions(service, { limit: 2, cursor: first.next ?? '' });
      expect(rest).toMatchObject({ items: [{ revision: 1, definition: { owner: 'a' } }], next: null });
    });

    it('forgets an environment with its stable release, its observations and its entry', async () => {
      const [service, other] = [aService(), aService()];
      const deployment = aDeployment(service);
      await put(service, { owner: 'a' });
      await subject().stores.deployments.request(deployment);
      await subject().stores.deployments.record({ status: anEnd(deployment), stable: aStable(deployment) });
      await subject().stores.observations.observe([anObservation(service)]);
      await store().forget({ service, environment: 'production', definition: { owner: 'b' }, by: 'ada', expected: 1 });
      expect(await subject().stores.deployments.stable(service, 'production')).toBeUndefined();
      expect(await subject().stores.observations.of(service, 'production')).toEqual([]);
      expect((await put(other, {}, { backend: service })).revision).toBe(1);
      expect((await store().get(service))?.revision).toBe(2);
    });

    it('forgets a service with its last environment, and counts on when it comes back', async () => {
      const service = aService();
      await put(service, { owner: 'a' });
      await store().forget({ service, environment: 'production', definition: null, by: 'ada', expected: 1 });
      expect(await store().get(service)).toBeUndefined();
      expect((await put(service, { owner: 'a' }, { expected: 0 })).revision).toBe(2);
    });

    it('refuses to forget what somebody changed meanwhile', async () => {
      const service = aService();
      await put(service, { owner: 'a' });
      const forget = store().forget({ service, environment: 'production', definition: null, by: 'ada', expected: 2 });
      await expect(forget).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    });
  });
}
