import { describe, expect, it } from '@jest/globals';
import type { Slot } from '../../domain/router/entry.js';
import { generationOf } from '../../domain/router/generation.js';
import { allAnswered, DEPLOYMENT, eventually, fillSlots, foundNow, NEXT_DEPLOYMENT, type RouterFeature, type RouterScene, type SceneHolder, settledOn, shift, stepTo } from './scene.js';

export function describeTraffic(scene: SceneHolder, features: readonly RouterFeature[]): void {
  const where = (feature: RouterFeature): boolean => features.includes(feature);
  describe('traffic', () => {
    it('goes by bucket: the low ones to the candidate', async () => {
      await fillSlots(scene());
      await shift(scene(), stepTo(2_500));
      expect(await served(scene(), [0, 2_499, 2_500, 9_999])).toEqual(['green', 'green', 'blue', 'blue']);
    });

    it('gives a client a bucket of its own', async () => {
      await fillSlots(scene());
      const { bucket } = await scene().send();
      expect(bucket).toBeGreaterThanOrEqual(0);
      expect(bucket).toBeLessThan(10_000);
    });

    it('does not give a bucket to a client that has one', async () => {
      await fillSlots(scene());
      expect((await scene().send({ bucket: 7 })).bucket).toBeUndefined();
    });

    it('of a pulled generation is stable’s from the next request on', async () => {
      await fillSlots(scene());
      await shift(scene(), stepTo(2_500));
      await scene().router.pull(scene().backend, generationOf(DEPLOYMENT, 1));
      expect(await served(scene(), [0, 2_499, 9_999])).toEqual(['blue', 'blue', 'blue']);
    });

    it('is not moved by the tombstone of an old generation', async () => {
      await fillSlots(scene());
      await shift(scene(), stepTo(2_500, 2));
      await scene().router.pull(scene().backend, generationOf(NEXT_DEPLOYMENT, 9));
      expect(await served(scene(), [0, 9_999])).toEqual(['green', 'blue']);
    });

    it('changes sides with the roles, and no instance moves', async () => {
      await fillSlots(scene());
      await shift(scene(), stepTo(10_000));
      await shift(scene(), settledOn('green', 2));
      expect(await served(scene(), [0, 9_999])).toEqual(['green', 'green']);
    });

    it('reaches the slot that the header names', async () => {
      await fillSlots(scene());
      await shift(scene(), settledOn('blue', 1));
      expect((await scene().send({ override: 'green' })).slot).toBe('green');
    });

    it('of a candidate without a server goes to stable, by header too', async () => {
      const { router, backend, servers } = scene();
      await router.ready(await foundNow(router, backend, 'blue'), [servers.blue]);
      await shift(scene(), stepTo(10_000));
      expect(await served(scene(), [0])).toEqual(['blue']);
      expect((await scene().send({ override: 'green' })).slot).toBe('blue');
    });

    it('of a stable that died goes to the candidate while that has a share, tombstoned or not', async () => {
      await fillSlots(scene());
      await shift(scene(), stepTo(100));
      await scene().server('blue', 'down');
      await eventually('green serves', async () => (await scene().send({ bucket: 9_999 })).slot === 'green');
      await scene().router.pull(scene().backend, generationOf(DEPLOYMENT, 1));
      expect(await served(scene(), [0, 9_999])).toEqual(['green', 'green']);
    });

    it('of a settled stable that died goes nowhere: nothing unverified ever serves', async () => {
      await fillSlots(scene());
      await shift(scene(), settledOn('blue', 1));
      await scene().server('blue', 'down');
      await eventually('blue is down', async () => (await scene().send({ bucket: 0 })).status === 503);
      expect((await scene().send({ bucket: 0 })).status).toBe(503);
    });

    it('of an environment with no server is answered 503', async () => {
      expect((await scene().send()).status).toBe(503);
    });
  });

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

    if (where('percentiles')) it('count latencies where the router can', async () => {
      const { router, backend } = scene();
      await fillSlots(scene());
      const { marks } = await router.observe(backend);
      await served(scene(), [0, 1, 2]);
      const [first] = allAnswered(await router.observe(backend, marks));
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
  });

  describe('a drain', () => {
    it('ends at once when nothing is in flight', async () => {
      const { router, backend } = scene();
      expect(await router.drain(await foundNow(router, backend, 'green'), { timeoutMs: 2_000 })).toEqual({ inFlight: 0, forced: false, unread: [] });
    });

    it('waits for what is in flight', async () => {
      await fillSlots(scene());
      const held = await scene().hold('green');
      const { router, backend } = scene();
      const drained = router.drain(await foundNow(router, backend, 'green'), { timeoutMs: 5_000, onProgress: (inFlight) => void (inFlight > 0 && held.finish()) });
      expect(await drained).toEqual({ inFlight: 0, forced: false, unread: [] });
      expect(await held.ended).toBe('answered');
    });

    it('ends what is left at the deadline', async () => {
      await fillSlots(scene());
      const held = await scene().hold('green');
      const { router, backend } = scene();
      expect(await router.drain(await foundNow(router, backend, 'green'), { timeoutMs: 100 })).toEqual({ inFlight: 1, forced: true, unread: [] });
      expect(await held.ended).toBe('cut');
    });

    if (where('several instances')) it('names the instances it could not read', async () => {
      const { loseInstance, router, backend } = scene();
      const lost = await loseInstance?.();
      expect(await router.drain(await foundNow(router, backend, 'green'), { timeoutMs: 100 })).toEqual({ inFlight: 0, forced: false, unread: [lost] });
    });

    it('stops waiting when it is aborted', async () => {
      await fillSlots(scene());
      const held = await scene().hold('green');
      const reason = new Error('no longer wanted');
      const controller = new AbortController();
      const { router, backend } = scene();
      const drained = router.drain(await foundNow(router, backend, 'green'), { timeoutMs: 10_000, signal: controller.signal, onProgress: () => controller.abort(reason) });
      await expect(drained).rejects.toBe(reason);
      await held.finish();
    });
  });
}

/** Sends one request a bucket, one after another, and says who served each. */
async function served(scene: RouterScene, buckets: readonly number[]): Promise<(Slot | undefined)[]> {
  const slots: (Slot | undefined)[] = [];
  for (const bucket of buckets) slots.push((await scene.send({ bucket })).slot);
  return slots;
}

function sum(observed: Awaited<ReturnType<RouterScene['router']['observe']>>, slot: Slot): { requests: number; errors: number } {
  const counts = allAnswered(observed).map((one) => one.slots[slot]);
  return { requests: counts.reduce((total, one) => total + one.requests, 0), errors: counts.reduce((total, one) => total + one.errors, 0) };
}
