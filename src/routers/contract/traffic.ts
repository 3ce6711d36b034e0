import { describe, expect, it } from '@jest/globals';
import { generationOf } from '../../domain/router/generation.js';
import { DEPLOYMENT, eventually, fillSlots, foundNow, NEXT_DEPLOYMENT, type SceneHolder, served, settledOn, shift, stepTo } from './scene.js';

export function describeTraffic(scene: SceneHolder): void {
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
}
