import { describe, expect, it } from '@jest/globals';
import { fillSlots, foundNow, type RouterFeature, type SceneHolder } from './scene.js';

export function describeDrains(scene: SceneHolder, features: readonly RouterFeature[]): void {
  const where = (feature: RouterFeature): boolean => features.includes(feature);
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
