import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { otherSlot, type RouterEntry, type Slot } from '../../src/domain/router/entry.js';
import { generationOf } from '../../src/domain/router/generation.js';
import { eventually, foundNow } from '../../src/routers/contract/scene.js';
import type { Router } from '../../src/routers/router.js';
import { type HaproxyFixture, haproxyRouterOf, startHaproxy } from '../support/haproxy.js';
import { type Origin, type OriginRoute, startOrigin } from '../support/origin.js';
import { whenInstalled } from '../support/programs.js';
import { get } from '../support/router-scene.js';
import { mixedLoad, type WrkReport } from '../support/wrk.js';

const DEPLOYMENT = '01JAAAAAAAAAAAAAAAAAAAAAAA';
/** It ends when what it accompanies has. */
const LOAD_WITHIN_SECONDS = 60;
const MORE_REQUESTS = 500;

whenInstalled(['haproxy', 'wrk'], () => {
  describe('HAProxy under load', () => {
    let haproxy: HaproxyFixture;
    let router: Router;
    let origins: Origin[];

    beforeEach(async () => {
      haproxy = await startHaproxy();
      router = haproxyRouterOf(haproxy);
      origins = [];
      await serve('blue');
      await serve('green');
    });
    afterEach(async () => {
      await router.close();
      await haproxy.stop();
      await Promise.all(origins.map((origin) => origin.die()));
    });

    it('loses no request over a hundred shifts through all shares and both roles', async () => {
      const shares = [1, 2_500, 5_000, 10_000];
      let [entry, n] = [settled('blue', 0), 0];
      const report = await whileLoaded(async () => {
        for (let round = 0; round < 20; round += 1) {
          for (const share of shares) entry = await shift({ ...entry, phase: 'moving', generation: generationOf(DEPLOYMENT, (n += 1)), candidateShare: share }, entry);
          entry = await shift(settled(otherSlot(entry.stable), (n += 1)), entry);
        }
      });
      expect(n).toBe(100);
      expectNoLoss(report);
    }, 90_000);

    it('loses no request over pulls, each of which counts from the next request on', async () => {
      let entry = settled('blue', 0);
      const report = await whileLoaded(async () => {
        for (let n = 1; n <= 40; n += 1) {
          const deployment = `${DEPLOYMENT.slice(0, -2)}${String(n).padStart(2, '0')}`;
          const live = await shift({ ...entry, phase: 'moving', generation: generationOf(deployment, 1), candidateShare: 5_000 }, entry);
          expect(await servedBy(0)).toBe('green');
          await router.pull(haproxy.backend, live.generation);
          expect(await servedBy(0)).toBe('blue');
          entry = await shift({ ...live, phase: 'settled', generation: generationOf(deployment, 2), candidateShare: 0 }, live);
        }
      });
      expectNoLoss(report);
    }, 90_000);

    it('loses no request when servers come and go by the rules', async () => {
      await router.remove(await foundNow(router, haproxy.backend, 'green'));
      let [entry, n] = [settled('blue', 0), 0];
      const report = await whileLoaded(async () => {
        for (let cycle = 0; cycle < 5; cycle += 1) {
          const origin = await serve('green');
          entry = await shift({ ...entry, phase: 'moving', generation: generationOf(DEPLOYMENT, (n += 1)), candidateShare: 5_000 }, entry);
          entry = await shift(settled('blue', (n += 1)), entry);
          expect(await router.drain(await foundNow(router, haproxy.backend, 'green'), { timeoutMs: 5_000 })).toEqual({ inFlight: 0, forced: false, unread: [] });
          await router.remove(await foundNow(router, haproxy.backend, 'green'));
          await origin.die();
        }
      });
      expectNoLoss(report);
    }, 90_000);

    it('loses no request that may be repeated when one of two servers dies', async () => {
      const doomed = await serve('blue');
      await shift(settled('blue', 1), settled('blue', 0));
      const report = await whileLoaded(async () => {
        await get(haproxyPort(), '/load');
        await doomed.die();
      });
      expectNoLoss(report);
    }, 90_000);

    async function serve(slot: Slot): Promise<Origin> {
      const origin = await startOrigin(slot, { '/load': sometimesSlow() });
      origins.push(origin);
      const servers = [{ id: `${slot}-${origins.length}`, address: origin.address }];
      const at = await foundNow(router, haproxy.backend, slot);
      await router.register(at, servers);
      await router.ready(at, servers);
      return origin;
    }

    async function shift(entry: RouterEntry, from: RouterEntry): Promise<RouterEntry> {
      const base = from.generation === generationOf(DEPLOYMENT, 0) ? 'none' : from.generation;
      const report = await router.shift({ backend: haproxy.backend, entry, base });
      expect(report.instances).toEqual([expect.objectContaining({ ok: true, outcome: 'done' })]);
      return entry;
    }

    const haproxyPort = (): number => haproxy.instances[0]?.port ?? 0;
    const servedBy = async (bucket: number): Promise<unknown> => (await get(haproxyPort(), '/', { cookie: `slipway_b=${bucket}` })).headers['x-served-by'];

    async function whileLoaded(act: () => Promise<void>): Promise<WrkReport> {
      const ended = new AbortController();
      const load = mixedLoad({ port: haproxyPort(), path: '/load', seconds: LOAD_WITHIN_SECONDS, signal: ended.signal });
      const served = (): number => origins.reduce((sum, origin) => sum + origin.served, 0);
      await eventually('the load has begun', async () => served() > 10);
      let loaded = true;
      const acting = async (): Promise<void> => {
        await act();
        const before = served();
        await eventually('the load has gone on', async () => served() > before + MORE_REQUESTS, 20_000);
        expect(loaded).toBe(true);
        ended.abort();
      };
      const [report] = await Promise.all([load.finally(() => void (loaded = false)), acting()]);
      return report;
    }
  });
});

function expectNoLoss(report: WrkReport): void {
  expect(report.requests).toBeGreaterThan(500);
  expect(report.lost).toBe(0);
}

function settled(stable: Slot, n: number): RouterEntry {
  return { stable, phase: 'settled', generation: generationOf(DEPLOYMENT, n), candidateShare: 0, baselineShare: 0, deployment: DEPLOYMENT };
}

/** One request in fifty takes a fifth of a second, so that some are always in flight. */
function sometimesSlow(): OriginRoute {
  let count = 0;
  return (_request, response) => {
    count += 1;
    setTimeout(() => response.end('ok'), count % 50 === 0 ? 200 : 0);
  };
}
