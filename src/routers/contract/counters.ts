import { describe, expect, it } from '@jest/globals';
import { LATENCY_BOUNDS_MS } from '../../domain/analysis/latency.js';
import { addTraffic, NO_TRAFFIC, type Traffic } from '../../domain/analysis/traffic.js';
import { type Slot, SLOTS } from '../../domain/router/entry.js';
import type { SlotCounts } from '../router.js';
import { allAnswered, eventually, fillSlots, type RouterFeature, type RouterScene, type SceneHolder, served, shift, stepTo } from './scene.js';

export function describeCounters(scene: SceneHolder, features: readonly RouterFeature[]): void {
  const where = (feature: RouterFeature): boolean => features.includes(feature);
  describe('counters', () => {
    it('are 0 without marks', async () => {
      await fillSlots(scene());
      await scene().send({ bucket: 0 });
      const { router, backend } = scene();
      for (const one of allAnswered(await router.observe(backend))) expect(one.slots.blue).toMatchObject({ requests: 0, errors: 0 });
    });

    it('count requests and errors of each slot since the marks', async () => {
      const { router, backend } = scene();
      await fillSlots(scene());
      await shift(scene(), stepTo(5_000));
      const { marks } = await router.observe(backend);
      await served(scene(), [0, 9_999, 9_998]);
      scene().answer('green', 'failing');
      await scene().send({ bucket: 1 });
      const observed = await router.observe(backend, marks);
      expect(sum(observed, 'blue')).toEqual({ requests: 2, errors: 0 });
      expect(sum(observed, 'green')).toEqual({ requests: 2, errors: 1 });
      expect(sum(await router.observe(backend, observed.marks), 'green')).toEqual({ requests: 0, errors: 0 });
    });

    if (where('percentiles')) it('count how long each head took, where the router can, and nothing that had none', async () => {
      const { router, backend } = scene();
      await fillSlots(scene());
      const { marks } = await router.observe(backend);
      await served(scene(), [0, 1, 2]);
      await scene().hangUp('blue');
      const [first] = allAnswered(await router.observe(backend, marks));
      expect(first?.slots.blue.latency).toHaveLength(LATENCY_BOUNDS_MS.length + 1);
      expect(first?.slots.blue.latency?.reduce((total, count) => total + count, 0)).toBe(3);
    });

    it('that began anew count from 0', async () => {
      const { router, backend } = scene();
      await fillSlots(scene());
      await served(scene(), [0, 1, 2]);
      const { marks } = await router.observe(backend);
      await scene().restart();
      await served(scene(), [0]);
      expect(sum(await router.observe(backend, marks), 'blue')).toEqual({ requests: 1, errors: 0 });
    });

    it('survive JSON, as heartbeats carry them', async () => {
      const { router, backend } = scene();
      await fillSlots(scene());
      const { marks } = await router.observe(backend);
      await scene().send({ bucket: 0 });
      const carried: typeof marks = JSON.parse(JSON.stringify(marks));
      expect(sum(await router.observe(backend, carried), 'blue').requests).toBe(1);
    });

    it('have a request as begun and waiting for as long as its server does not answer, and as given up when its client leaves', async () => {
      const seen = await watching(scene());
      const hung = await scene().hang('green');
      await seen('green', { begun: 1, attempts: 1, requests: 0, headed: 0, waiting: 1, streaming: 0, inFlight: 1 });
      await hung.leave();
      await seen('green', { begun: 1, attempts: 1, requests: 1, quit: 1, failedAttempts: 1, errors: 0, ownErrors: 0, headed: 0, waiting: 0, inFlight: 0 });
      await seen('blue', { begun: 0, attempts: 0, waiting: 0 });
    });

    it('have an answer that is not whole yet as streaming, and not as waiting', async () => {
      const seen = await watching(scene());
      const held = await scene().hold('green');
      await seen('green', { begun: 1, requests: 0, headed: 1, waiting: 0, streaming: 1, inFlight: 1, headedByServers: 1 });
      await held.finish();
      await seen('green', { begun: 1, requests: 1, headed: 1, quit: 0, failedAttempts: 0, waiting: 0, streaming: 0, inFlight: 0 });
    });

    it('have a WebSocket as streaming, and not as waiting', async () => {
      const seen = await watching(scene());
      const socket = await scene().upgrade('green');
      await seen('green', { begun: 1, requests: 0, headed: 1, waiting: 0, streaming: 1, headedByServers: 1 });
      await socket.leave();
      await seen('green', { requests: 1, headed: 1, quit: 0, failedAttempts: 0, errors: 0, waiting: 0, streaming: 0 });
    });

    it('have each try of a GET that its server hangs up on as an attempt that failed, and the request once', async () => {
      const seen = await watching(scene());
      const { tries } = await scene().hangUp('green');
      expect(tries).toBeGreaterThan(0);
      await seen('green', { begun: 1, requests: 1, attempts: tries, failedAttempts: tries, headed: 0, ownErrors: 1, errors: 1, quit: 0, waiting: 0 });
    });

    it('have what a server did not find as its answer, and not as an error', async () => {
      scene().answer('green', 'missing');
      const seen = await watching(scene());
      await scene().send({ override: 'green' });
      await seen('green', { requests: 1, headed: 1, clientErrors: 1, errors: 0, quit: 0, ownErrors: 0, failedAttempts: 0 });
    });
  });
}

/** What a slot did since the test began, all instances and readings together, and what runs in it now. */
interface Seen extends Traffic {
  readonly waiting: number;
  readonly streaming: number;
  readonly inFlight: number;
  readonly headedByServers: number;
}

type Expects = (slot: Slot, expected: Partial<Seen>) => Promise<void>;

/** Both slots have their server; from now on waits until a slot shows what is given. */
async function watching(scene: RouterScene): Promise<Expects> {
  const { router, backend } = scene;
  await fillSlots(scene);
  let { marks } = await router.observe(backend);
  const seen: Record<Slot, Seen> = { blue: NOTHING_SEEN, green: NOTHING_SEEN };
  return async (slot, expected) => {
    const shown = eventually(`${slot} shows ${JSON.stringify(expected)}`, async () => {
      const observed = await router.observe(backend, marks);
      marks = observed.marks;
      for (const each of SLOTS) seen[each] = allAnswered(observed).map(({ slots }) => slots[each]).reduce(withCounts, { ...seen[each], ...NOTHING_RUNS });
      return Object.entries(expected).every(([name, value]) => seen[slot][name as keyof Seen] === value); // the names are those of the type
    });
    await shown.catch((error: unknown) => {
      expect(seen[slot]).toMatchObject(expected);
      throw error;
    });
  };
}

const NOTHING_RUNS = { waiting: 0, streaming: 0, inFlight: 0 };
const NOTHING_SEEN: Seen = { ...NO_TRAFFIC, ...NOTHING_RUNS, headedByServers: 0 };

function withCounts(seen: Seen, { load, ...traffic }: SlotCounts): Seen {
  const ofServers = (value: 'inFlight' | 'headed'): number => load.servers.reduce((total, server) => total + server[value], 0);
  return {
    ...addTraffic(seen, traffic), waiting: seen.waiting + load.waiting, streaming: seen.streaming + load.streaming,
    inFlight: seen.inFlight + ofServers('inFlight'), headedByServers: seen.headedByServers + ofServers('headed'),
  };
}

function sum(observed: Awaited<ReturnType<RouterScene['router']['observe']>>, slot: Slot): { requests: number; errors: number } {
  const counts = allAnswered(observed).map((one) => one.slots[slot]);
  return { requests: counts.reduce((total, one) => total + one.requests, 0), errors: counts.reduce((total, one) => total + one.errors, 0) };
}
