import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { systemClock } from '../../src/activities/watch/clock.js';
import { createWatchActivities } from '../../src/activities/watch/create-watch-activities.js';
import { createFakeOwnership } from '../../src/activities/watch/fake-ownership.js';
import type { WatchInput, WatchResult } from '../../src/domain/deployment/watching.js';
import { createFakeMetricSource } from '../../src/metrics/fake-metric-source.js';
import { createFakeProber } from '../../src/probes/fake-prober.js';
import type { Prober } from '../../src/probes/probe.js';
import { foundNow, stepTo } from '../../src/routers/contract/scene.js';
import { createEmbeddedRouter } from '../../src/routers/embedded/embedded-router.js';
import { startRouterProcess } from '../../src/routers/embedded/router-process.js';
import type { Router } from '../../src/routers/router.js';
import { createMemoryStores } from '../../src/store/memory/memory-stores.js';
import { freePort } from '../support/free-port.js';
import { type HaproxyFixture, haproxyRouterOf, startHaproxy } from '../support/haproxy.js';
import { type Origin, type OriginRoute, startOrigin } from '../support/origin.js';
import { whenInstalled } from '../support/programs.js';
import { get } from '../support/router-scene.js';
import { watchInput } from '../support/watch-input.js';

const BACKEND = 'checkout-production';
const SHARE = 2_000;
const PER_SECOND = 40;
const KINDS = ['HAProxy', 'embedded'] as const;

type Kind = (typeof KINDS)[number];

/** One router with stable behind blue and the candidate behind green, whose answers a test chooses. */
interface Place {
  readonly router: Router;
  readonly port: number;
  /** Where the candidate listens. */
  readonly candidate: string;
  answerBy(route: OriginRoute): void;
  /** When the candidate got its first request of a user since the last choice, ms since the epoch. */
  firstAt(): number;
  close(): Promise<void>;
}

const well: OriginRoute = (_request, response) => void response.end('ok');
const missing: OriginRoute = (_request, response) => void response.writeHead(404).end();
const slow: OriginRoute = (_request, response) => void setTimeout(() => response.end('ok'), 80);
const hang: OriginRoute = () => {};

/** Every fifth request is dropped without an answer: the router's retry hides it from its client. */
function hangUpOneInFive(): OriginRoute {
  let count = 0;
  return (_request, response) => void ((count += 1) % 5 === 0 ? response.destroy() : response.end('ok'));
}

whenInstalled(['haproxy'], () => {
  describe('a watch over real routers', () => {
    let haproxy: HaproxyFixture;
    let places: Readonly<Record<Kind, Place>>;
    beforeAll(async () => {
      haproxy = await startHaproxy({ backend: BACKEND });
      places = { HAProxy: await haproxyPlace(haproxy), embedded: await embeddedPlace() };
    }, 30_000);
    afterAll(async () => {
      await Promise.all(Object.values(places ?? {}).map((place) => place.close()));
      await haproxy?.stop();
    }, 30_000);

    it('pulls a candidate whose health is good and that answers nobody within ten seconds of the first', async () => {
      const ends = await Promise.all(KINDS.map((kind) => delivered(places[kind], hang, { bakeMs: 3_000, analysis: { metrics: {}, noData: { waitMs: 3_000, then: 'pass' } } })));
      for (const { result, sinceFirstMs } of ends) {
        expect(result.end).toMatchObject({ ended: 'breach', pulled: { unreached: [] }, verdict: { kind: 'fail' } });
        expect(sinceFirstMs).toBeLessThan(10_000);
      }
    }, 60_000);

    it('pulls a candidate that hangs up on one request in five, which no client sees', async () => {
      const errors = { source: { kind: 'router', measure: 'errorRate' }, max: 1_000, critical: true, failures: {} } as const;
      const ends = await Promise.all(KINDS.map((kind) => delivered(places[kind], hangUpOneInFive(), { bakeMs: 20_000, analysis: { metrics: { errors } } })));
      for (const { result, failures } of ends) {
        expect(result.end).toMatchObject({ ended: 'breach', verdict: { kind: 'fail' } });
        expect(failures).toEqual([]);
      }
    }, 60_000);

    it('pulls a candidate that answers 404 to everything, without any rule of the definition', async () => {
      const ends = await Promise.all(KINDS.map((kind) => delivered(places[kind], missing, { bakeMs: 20_000, analysis: { metrics: {} } })));
      for (const { result, sinceFirstMs } of ends) {
        expect(result.end).toMatchObject({ ended: 'breach', pulled: { unreached: [] } });
        expect(decidingRules(result)).toEqual(['compare/client-errors']);
        expect(sinceFirstMs).toBeLessThan(10_000);
      }
    }, 60_000);

    it('pulls a candidate that is many times slower than stable, once it is warm', async () => {
      const ends = await Promise.all(KINDS.map((kind) => delivered(places[kind], slow, { bakeMs: 60_000, analysis: { metrics: {} } }, { perSecond: 200 })));
      for (const { result } of ends) {
        expect(result.end).toMatchObject({ ended: 'breach', pulled: { unreached: [] } });
        expect(decidingRules(result)).toEqual(['compare/slow']);
      }
    }, 60_000);

    it('asks for another worker when this one is cut off from a candidate that answers users', async () => {
      const ends = KINDS.map((kind) => {
        const prober = createFakeProber();
        prober.answer('c-1', 'silent');
        const ending = delivered(places[kind], well, { bakeMs: 30_000, slots: slotsOf(places[kind]), analysis: { metrics: {} } }, { prober });
        return expect(ending).rejects.toMatchObject({ type: 'JUDGE_ERROR' });
      });
      await Promise.all(ends);
    }, 60_000);

    it('lets a good one pass', async () => {
      const ends = await Promise.all(KINDS.map((kind) => delivered(places[kind], well, { bakeMs: 4_000 })));
      for (const { result, failures } of ends) {
        expect(result.end).toMatchObject({ ended: 'complete', verdict: { kind: 'pass' } });
        expect(failures).toEqual([]);
      }
    }, 60_000);
  });
});

function decidingRules({ end }: WatchResult): string[] {
  return 'verdict' in end ? end.verdict.findings.filter(({ kind }) => kind === 'fail').map(({ rule }) => rule) : [];
}

/** The candidate by its real address, by which the router knows it. */
function slotsOf({ candidate }: Place): WatchInput['slots'] {
  const { slots } = watchInput();
  return { ...slots, candidate: { ...slots.candidate, instances: [{ id: 'c-1', address: candidate }] } };
}

interface Circumstances {
  readonly prober?: Prober;
  readonly perSecond?: number;
}

interface Delivered {
  readonly result: WatchResult;
  readonly sinceFirstMs: number;
  /** Of requests that were answered before the end. */
  readonly failures: readonly string[];
}

let deliveries = 0;

/** A step to 20 % under steady load, until the watch ends. */
async function delivered(
  place: Place, route: OriginRoute, changes: Parameters<typeof watchInput>[0], circumstances: Circumstances = {},
): Promise<Delivered> {
  const { prober = createFakeProber(), perSecond = PER_SECOND } = circumstances;
  deliveries += 1;
  place.answerBy(route);
  const entry = stepTo(SHARE, 1, `01J${'A'.repeat(22)}${deliveries}`);
  const found = (await place.router.read(BACKEND)).instances[0];
  const base = found?.ok ? found.entry.generation : 'none';
  const input = watchInput({
    deployment: entry.generation.split('.')[0] ?? '', backend: BACKEND, generations: [entry.generation],
    shift: { entry, base, clearOthers: true, timeoutMs: 5_000 }, ...changes,
  });
  const load = startLoad(place.port, perSecond);
  try {
    const result = await watch(place.router, input, prober);
    return { result, sinceFirstMs: Date.now() - place.firstAt(), failures: load.stop() };
  } finally {
    load.stop();
    await place.router.pull(BACKEND, entry.generation);
    place.answerBy(well);
  }
}

function watch(router: Router, input: WatchInput, prober: Prober): Promise<WatchResult> {
  const stores = createMemoryStores({ now: () => Date.now(), available: () => true });
  const activities = createWatchActivities({
    worker: 'worker-1', routers: () => router, prober, metricSource: () => createFakeMetricSource(), events: stores.events, observations: stores.observations,
    clock: systemClock, ownership: createFakeOwnership(), reportShift: async () => {}, reportPersistence: async () => {}, logger: { info: () => {}, warn: () => {} },
  });
  return new MockActivityEnvironment({ activityId: '7', attempt: 1 }).run(activities.watch, input);
}

/** Requests at a rate that no slow answer slows down. */
function startLoad(port: number, perSecond: number) {
  const failures: string[] = [];
  let over = false;
  const timer = setInterval(() => {
    get(port, '/').then(({ status }) => void (status === 200 || over || failures.push(String(status))), (error: unknown) => void (over || failures.push(String(error))));
  }, 1_000 / perSecond);
  return { stop: (): readonly string[] => (clearInterval(timer), (over = true), failures) };
}

async function haproxyPlace(fixture: HaproxyFixture): Promise<Place> {
  const [instance] = fixture.instances;
  if (!instance) throw new Error('no HAProxy runs');
  return placeOf(haproxyRouterOf(fixture), instance.port, async () => {});
}

async function embeddedPlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'watch-embedded-'));
  const [adminPort, port] = [await freePort(), await freePort()];
  const running = await startRouterProcess({ stateFile: join(folder, 'router.json'), token: 'secret', adminPort, listen: [{ port, backend: BACKEND }] });
  return placeOf(createEmbeddedRouter({ name: 'edge', url: `http://127.0.0.1:${adminPort}`, token: 'secret' }), port, async () => {
    await running.stop(0);
    await rm(folder, { recursive: true, force: true });
  });
}

async function placeOf(router: Router, port: number, stop: () => Promise<void>): Promise<Place> {
  let route = well;
  let first: number | undefined;
  const green = await startOrigin('green', { '/': (request, response) => {
    first ??= Date.now();
    route(request, response);
  } });
  const blue = await startOrigin('blue', { '/': well });
  const servers: readonly (readonly ['blue' | 'green', Origin])[] = [['blue', blue], ['green', green]];
  for (const [slot, { address }] of servers) {
    const at = await foundNow(router, BACKEND, slot);
    await router.register(at, [{ id: slot, address }]);
    await router.ready(at, [{ id: slot, address }]);
  }
  return {
    router, port, candidate: green.address,
    answerBy: (next) => void ((route = next), (first = undefined)),
    firstAt: () => first ?? Number.NaN,
    async close() {
      await router.close();
      await stop();
      await Promise.all([blue.die(), green.die()]);
    },
  };
}
