import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type HaproxyFixture, startHaproxy } from '../support/haproxy.js';
import { whenInstalled } from '../support/programs.js';
import type { DeploymentAnswer } from '../support/stack/api-user.js';
import { haproxyPercents } from '../support/stack/candidate-shares.js';
import { countersOf, type HaproxyCounters } from '../support/stack/haproxy-counters.js';
import { type Home, openHome } from '../support/stack/home.js';
import { type SlipwayStack, startSlipway } from '../support/stack/slipway-stack.js';
import { storefront } from '../support/stack/storefront-definition.js';
import { signalByCli } from '../support/stack/temporal-signal.js';
import { startTemporalServer, type TemporalServer } from '../support/temporal-server.js';
import { until } from '../support/until.js';
import { wrk, type WrkReport } from '../support/wrk.js';

const BACKEND = 'storefront-test';
const WORKFLOW_ID = 'deploy/test/storefront';
const MOST_LOAD_SECONDS = 45;

whenInstalled(['haproxy', 'wrk', 'env'], () => {
  describe('a canary through two HAProxies, by processes of the build', () => {
    let home: Home;
    let haproxy: HaproxyFixture;
    let temporal: TemporalServer;
    let database: TestDatabase;
    let slipway: SlipwayStack;

    beforeAll(async () => {
      [home, haproxy, temporal, database] = await Promise.all([openHome(), startHaproxy({ backend: BACKEND, instances: 2 }), startTemporalServer(), createTestDatabase()]);
      const instances = Object.fromEntries(haproxy.instances.map(({ name, admin, mapFolder, stateFile }) => [name, { socket: admin, maps: mapFolder, stateFile }]));
      slipway = await startSlipway({ home, temporal, database, routers: { edge: { haproxy: { instances } } }, storefront: { LATENCY_MS: '20' } });
      await slipway.api.put('storefront', storefront({ backend: BACKEND, instances: 2, steps: [{ traffic: '10%', bake: '2s' }, { traffic: '50%', bake: '2s' }] }));
      const first = await deploy('v1');
      expect(await slipway.api.ended(first)).toMatchObject({ phase: 'succeeded' });
    }, 120_000);
    afterAll(async () => {
      await slipway?.close();
      await home?.close();
      await Promise.all([haproxy?.stop(), temporal?.stop(), database?.drop()]);
    }, 60_000);

    it('takes a good version live without losing a request', async () => {
      const { load, counted } = await underLoad(async () => {
        const id = await deploy('v2');
        await splitBecomes(10, id);
        await splitBecomes(50, id);
        expect(await slipway.api.ended(id)).toMatchObject({ phase: 'succeeded' });
        await splitBecomes(0, id);
      });
      expect(load.lost).toBe(0);
      expect(counted.failed).toBe(0);
      expect(counted.requests).toBeGreaterThan(1_000);
      expect(await slipway.api.stableVersion('storefront', 'test')).toBe('v2');
    }, 60_000);

    it('pulls a bad version, whose own errors are all there are', async () => {
      const { load, counted } = await underLoad(async () => {
        const id = await deploy('v3');
        expect(await slipway.api.ended(id)).toMatchObject({ phase: 'rolled-back', cause: { code: 'BREACH' } });
        await splitBecomes(0, id);
      });
      const { blue, green } = counted.failedBySlot;
      expect(counted.failed).toBeGreaterThan(0);
      expect(load.lost).toBe(counted.failed);
      expect([blue, green].toSorted((one, other) => one - other)).toEqual([0, counted.failed]);
      expect(await slipway.api.stableVersion('storefront', 'test')).toBe('v2');
    }, 60_000);

    it('is steered by HTTP', async () => {
      await slipway.api.put('storefront', gated());
      const id = await deploy('v4');
      await splitBecomes(10, id);
      expect(await slipway.api.control(id, 'pause')).toMatchObject({ status: 200, body: { paused: true } });
      expect(await slipway.api.control(id, 'skip')).toMatchObject({ status: 200 });
      await slipway.api.when(id, heldByPause);
      expect(await haproxyPercents(haproxy)).toEqual([10, 10]);
      expect(await slipway.api.control(id, 'resume')).toMatchObject({ status: 200, body: { paused: false } });
      await slipway.api.when(id, ({ gates }) => gates[0]?.address === '1/people');
      expect(await haproxyPercents(haproxy)).toEqual([10, 10]);
      expect(await slipway.api.control(id, 'approve', { gate: '1/people' })).toMatchObject({ status: 200 });
      await splitBecomes(50, id);
      expect(await slipway.api.control(id, 'abort', { reason: 'seen enough' })).toMatchObject({ status: 200 });
      await splitBecomes(0, id);
      expect(await slipway.api.ended(id)).toMatchObject({ phase: 'rolled-back', cause: { code: 'ABORTED' } });
    }, 60_000);

    it('is steered by the Temporal CLI', async () => {
      await slipway.api.put('storefront', gated());
      const id = await deploy('v4');
      await splitBecomes(10, id);
      await signal('pause');
      await signal('skip');
      await slipway.api.when(id, heldByPause);
      expect(await haproxyPercents(haproxy)).toEqual([10, 10]);
      await signal('resume');
      await slipway.api.when(id, ({ gates }) => gates[0]?.address === '1/people');
      await signal('approve');
      await splitBecomes(50, id);
      await signal('abort', { reason: 'seen enough' });
      await splitBecomes(0, id);
      expect(await slipway.api.ended(id)).toMatchObject({ phase: 'rolled-back', cause: { code: 'ABORTED', text: 'seen enough' } });
    }, 60_000);

    it('is refused when the definition is put, where the workers have seen that HAProxy has no map and backends of the environment', async () => {
      const put = slipway.api.put('cart', storefront({ service: 'cart', backend: 'cart-test', steps: [{ traffic: '10%', bake: '2s' }] }));
      await expect(put).rejects.toThrow('ROUTER_ENTRY_UNKNOWN');
    }, 60_000);

    const deploy = (version: string): Promise<string> => slipway.api.deploy({ service: 'storefront', environment: 'test', version });
    const signal = (name: string, input?: object): Promise<void> => signalByCli(temporal.address, WORKFLOW_ID, name, input);
    const gated = (): object => storefront({ backend: BACKEND, instances: 2, steps: [{ traffic: '10%', bake: '2m', gate: 'people' }, { traffic: '50%', bake: '10m' }] });

    async function splitBecomes(percent: number, id: string): Promise<void> {
      let last: readonly unknown[] = [];
      const came = await until(async () => (last = await haproxyPercents(haproxy)).every((each) => each === percent), 20_000);
      if (!came) throw new Error(`the candidate never had ${percent} % everywhere, but ${last.join(' and ')}: ${JSON.stringify(await slipway.api.deployment(id))}`);
    }

    /** `act` while both HAProxies get requests over kept connections and over new ones. */
    async function underLoad(act: () => Promise<void>): Promise<{ load: WrkReport; counted: HaproxyCounters }> {
      const before = await countersOf(haproxy);
      const over = new AbortController();
      const limits = { seconds: MOST_LOAD_SECONDS, signal: over.signal };
      const loads = haproxy.instances.flatMap(({ port }) => [wrk({ port, connections: 6, ...limits }), wrk({ port, connections: 3, headers: ['Connection: close'], ...limits })]);
      try {
        expect(await until(async () => (await countersOf(haproxy)).requests > before.requests + 100)).toBe(true);
        await act();
      } finally {
        over.abort();
      }
      const load = (await Promise.all(loads)).reduce((sum, { requests, lost }) => ({ requests: sum.requests + requests, lost: sum.lost + lost }));
      return { load, counted: since(before, await countersOf(haproxy)) };
    }
  });
});

/** The bake is over, and only the pause is in the way. */
function heldByPause({ paused, waitsFor }: DeploymentAnswer): boolean {
  return paused && waitsFor?.startsWith('paused') === true;
}

function since(before: HaproxyCounters, now: HaproxyCounters): HaproxyCounters {
  return {
    failed: now.failed - before.failed, requests: now.requests - before.requests,
    failedBySlot: { blue: now.failedBySlot.blue - before.failedBySlot.blue, green: now.failedBySlot.green - before.failedBySlot.green },
  };
}
