import { describe, expect, it } from '@jest/globals';
import type { ContractSubject } from '../contract.js';
import type { FoundDrift } from '../keeper-store.js';
import type { NewDeployment } from '../stores.js';
import { aDeployment, anEnd, aService, aStable } from './samples.js';

const AT = '2026-01-01T00:00:00.000Z';
const LATER = '2026-01-01T00:01:00.000Z';

export function keeperContract(subject: () => ContractSubject): void {
  const stores = () => subject().stores;
  const keeper = () => stores().keeper;
  const declared = async (): Promise<string> => {
    const service = aService();
    await stores().services.put({ service, definition: {}, by: 'ada', entries: [{ environment: 'production', router: 'edge', backend: service }], sources: [] });
    return service;
  };
  const deployed = async (): Promise<NewDeployment> => {
    const deployment = aDeployment(await declared());
    await stores().deployments.request(deployment);
    await stores().deployments.record({ status: anEnd(deployment), stable: aStable(deployment) });
    return deployment;
  };
  const found = (over: Partial<FoundDrift> = {}): FoundDrift => (
    { service: aService(), environment: 'production', routerInstance: 'a', kind: 'absent', deployment: '01A', text: 'lacks its entry', outcome: 'restoring', since: AT, ...over }
  );
  const environmentOf = async (service: string, site = 'default') => (await keeper().environments(site)).find((each) => each.service === service);

  describe('the environments that a keeper has', () => {
    it('are those that definitions claim an entry for', async () => {
      const service = await declared();
      expect(await environmentOf(service)).toEqual({ service, environment: 'production', router: 'edge', backend: service, stable: null, live: false, servers: [] });
    });

    it('come with what is stable in them', async () => {
      const deployment = await deployed();
      expect(await environmentOf(deployment.service)).toMatchObject({ stable: aStable(deployment), live: false });
    });

    it('say that a deployment has not ended', async () => {
      const { service } = await deployed();
      const next = aDeployment(service);
      await stores().deployments.request(next);
      expect([(await environmentOf(service))?.live, (await keeper().environment(service, 'production'))?.live]).toEqual([true, true]);
      await stores().deployments.record({ status: anEnd(next) });
      expect((await environmentOf(service))?.live).toBe(false);
    });

    it('are those of another site where that has deployed them', async () => {
      const { service } = await deployed();
      expect(await environmentOf(service, 'elsewhere')).toBeUndefined();
    });

    it('keep the servers that were registered, for as long as their release is stable', async () => {
      const deployment = await deployed();
      await keeper().register(aStable(deployment), ['10.0.0.1:80']);
      await keeper().register(aStable(deployment), ['10.0.0.1:80', '10.0.0.2:80']);
      expect((await environmentOf(deployment.service))?.servers).toEqual(['10.0.0.1:80', '10.0.0.2:80']);
      const next = aDeployment(deployment.service);
      await stores().deployments.request(next);
      await stores().deployments.record({ status: anEnd(next), stable: aStable(next, '2026-01-02T00:00:00.000Z') });
      expect((await environmentOf(deployment.service))?.servers).toEqual([]);
    });
  });

  describe('a drift', () => {
    const known = async ({ service }: FoundDrift) => keeper().driftsOf(service, 'production');

    it('is found once, and lasts', async () => {
      const drift = found();
      expect([await keeper().find(drift), await keeper().find({ ...drift, since: LATER })]).toEqual([true, false]);
      expect(await known(drift)).toEqual([{ ...drift, until: null, told: 'nothing', found: 1, restored: 0 }]);
    });

    it('is kept apart by kind and router instance', async () => {
      const service = aService();
      for (const over of [{}, { routerInstance: 'b' }, { routerInstance: null, kind: 'stable-down' as const }]) await keeper().find(found({ service, ...over }));
      expect((await keeper().driftsOf(service, 'production')).map(({ routerInstance, kind }) => [routerInstance, kind])).toEqual([[null, 'stable-down'], ['a', 'absent'], ['b', 'absent']]);
    });

    it('changes its text while it lasts', async () => {
      const drift = found();
      await keeper().find(drift);
      await keeper().describe({ ...drift, text: 'lacks all', outcome: 'reported' });
      expect(await known(drift)).toMatchObject([{ text: 'lacks all', outcome: 'reported', since: AT }]);
    });

    it('ends once, and is counted as restored where it was', async () => {
      const drift = found();
      await keeper().find(drift);
      const ends = [await keeper().end({ ...drift, until: LATER, outcome: 'restored' }), await keeper().end({ ...drift, until: LATER, outcome: 'restored' })];
      expect([ends, await known(drift)]).toMatchObject([[true, false], [{ until: LATER, outcome: 'restored', restored: 1 }]]);
    });

    it('may begin again, and is told again', async () => {
      const drift = found();
      await keeper().find(drift);
      await keeper().told({ ...drift, told: 'all' });
      await keeper().end({ ...drift, until: LATER, outcome: 'reported' });
      expect(await keeper().find({ ...drift, since: LATER })).toBe(true);
      expect(await known(drift)).toMatchObject([{ since: LATER, until: null, told: 'nothing', found: 2, restored: 0 }]);
    });

    it('is unsettled until it has ended and people were told of all', async () => {
      const drift = found();
      const unsettled = async () => (await keeper().unsettled()).filter(({ service }) => service === drift.service).length;
      await keeper().find(drift);
      await keeper().told({ ...drift, told: 'found' });
      const seen = [await unsettled()];
      await keeper().end({ ...drift, until: LATER, outcome: 'reported' });
      seen.push(await unsettled());
      await keeper().told({ ...drift, told: 'all' });
      expect([...seen, await unsettled()]).toEqual([1, 1, 0]);
    });

    it('is not told for by a notice of the one before', async () => {
      const drift = found({ since: LATER });
      await keeper().find(drift);
      await keeper().told({ ...drift, since: AT, told: 'all' });
      expect(await known(drift)).toMatchObject([{ told: 'nothing' }]);
    });

    it('is forgotten with its environment', async () => {
      const service = await declared();
      await keeper().find(found({ service }));
      await stores().services.forget({ service, environment: 'production', definition: null, by: 'ada', expected: 1 });
      expect(await keeper().driftsOf(service, 'production')).toEqual([]);
    });
  });

  describe('rounds of a keeper', () => {
    it('have an age', async () => {
      const site = aService();
      expect(await keeper().roundAgeMs(site)).toBeNull();
      for (const environments of [1, 2]) await keeper().round({ site, environments, tookMs: 12.5 });
      expect(await keeper().roundAgeMs(site)).toBeLessThan(60_000);
      expect((await stores().metrics.keeperRounds()).filter((round) => round.site === site)).toEqual([{ site, environments: 2, tookMs: 12.5, ageMs: expect.any(Number) }]);
    });
  });

  describe('what a router was seen to have', () => {
    it('is the newest of each instance, and nothing of one that does not answer', async () => {
      const site = aService();
      const saw = (instance: string, entries: readonly string[] | null) => keeper().sawRouter({ site, router: 'edge', instance, entries });
      await saw('a', ['one']);
      await saw('b', []);
      await saw('a', ['one', 'two']);
      expect(await keeper().seenRouter(site, 'edge')).toEqual({ roundAgeMs: null, instances: [{ instance: 'a', entries: ['one', 'two'] }, { instance: 'b', entries: [] }] });
      await saw('a', null);
      await keeper().round({ site, environments: 0, tookMs: 1 });
      expect(await keeper().seenRouter(site, 'edge')).toEqual({ roundAgeMs: expect.any(Number), instances: [{ instance: 'b', entries: [] }] });
    });
  });
}
