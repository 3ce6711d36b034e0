import { describe, expect, it } from '@jest/globals';
import { generationOf } from '../../domain/router/generation.js';
import { allAnswered, DEPLOYMENT, fillSlots, type RouterFeature, type RouterScene, type SceneHolder, shift, stepTo } from './scene.js';

export function describePersistence(scene: SceneHolder, features: readonly RouterFeature[]): void {
  describe('what is on the disk', () => {
    it('is known of every instance once it was written', async () => {
      const { router, backend } = scene();
      for (const one of allAnswered(await router.persist(backend))) expect(one.persistence).toEqual({ persisted: 'yes' });
      for (const one of allAnswered(await router.persist())) expect(one.persistence).toEqual({ persisted: 'yes' });
      expect(known(scene())).toEqual(new Set(['yes']));
    });

    if (features.includes('several instances')) it('of an instance that is away is not said', async () => {
      const { router, backend, loseInstance } = scene();
      const lost = await loseInstance?.();
      for (const one of (await router.persist(backend)).instances) {
        expect(one).toMatchObject(one.instance === lost ? { ok: false } : { persistence: { persisted: 'yes' } });
      }
    });

    if (features.includes('failing disk')) {
      it('is known to be missing after whatever writes', async () => {
        const { router, backend, disk } = scene();
        await disk?.('failing');
        await shift(scene(), stepTo(2_500));
        for (const { persistence } of router.persistence(backend)) expect(persistence).toEqual({ persisted: 'no', detail: expect.any(String) });
        expect(known(scene())).toEqual(new Set(['no']));
      });

      it('is known to be there again after the next that writes', async () => {
        const { router, backend, disk } = scene();
        await disk?.('failing');
        await router.persist(backend);
        await disk?.('well');
        await shift(scene(), stepTo(2_500));
        expect(known(scene())).toEqual(new Set(['yes']));
      });

      it('keeps nothing from being shifted and pulled', async () => {
        const { router, backend, disk } = scene();
        await fillSlots(scene());
        await disk?.('failing');
        expect(new Set(await shift(scene(), stepTo(2_500)))).toEqual(new Set(['done']));
        for (const one of (await router.pull(backend, generationOf(DEPLOYMENT, 1))).instances) expect(one.ok).toBe(true);
        for (const { tombstones } of allAnswered(await router.read(backend))) expect(tombstones).toEqual([generationOf(DEPLOYMENT, 1)]);
      });
    }
  });
}

function known({ router }: RouterScene): Set<string> {
  return new Set(router.persistence().map(({ persistence }) => persistence.persisted));
}
