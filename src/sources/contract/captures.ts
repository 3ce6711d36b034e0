import { readdir } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { compareFingerprints } from '../../domain/backup/compare-fingerprints.js';
import { backUp, contextOf, type SceneHolder, type SourceFeature } from './scene.js';

export function describeCaptures(scene: SceneHolder, features: readonly SourceFeature[]): void {
  describe('a capture', () => {
    it('has the fingerprint of what is live', async () => {
      await scene().add('first');
      const { fingerprint } = await backUp(scene());
      const live = await scene().source.fingerprint('live', contextOf());
      expect(compareFingerprints(fingerprint, live)).toEqual([]);
      expect(Object.keys(fingerprint.items)).not.toEqual([]);
    });

    it('has another fingerprint after a change', async () => {
      const before = await backUp(scene());
      await scene().add('first');
      const after = await backUp(scene());
      expect(compareFingerprints(before.fingerprint, after.fingerprint)).not.toEqual([]);
    });

    it('can be stored, and says of which instant it is', async () => {
      const began = Date.now();
      const { at, folder } = await backUp(scene());
      expect(await readdir(folder)).not.toEqual([]);
      // Another machine's clock may have given it.
      expect(Math.abs(Date.parse(at) - began)).toBeLessThan(60_000);
      expect(new Date(at).toISOString()).toBe(at);
    });

    it('changes nothing', async () => {
      await scene().add('first');
      await backUp(scene());
      expect(await scene().keys()).toContain('first');
      expect(await scene().leftovers()).toEqual([]);
    });

    it('fails as what stores it fails', async () => {
      const failure = new Error('the repository is full');
      await expect(scene().source.capture(contextOf(), () => Promise.reject(failure))).rejects.toBe(failure);
    });

    it('rejects with the reason when it is aborted', async () => {
      const reason = new Error('no longer wanted');
      await expect(scene().source.capture(contextOf(undefined, AbortSignal.abort(reason)), async () => undefined)).rejects.toBe(reason);
    });

    if (features.includes('snapshot')) it('is of one instant, whatever is written meanwhile', async () => {
      const { source, add } = scene();
      await source.capture(contextOf(), async ({ fingerprint, unchanged }) => {
        await add('meanwhile');
        await unchanged();
        const live = await source.fingerprint('live', contextOf());
        expect(compareFingerprints(fingerprint, live)).not.toEqual([]);
      });
    });

    else it('notices what is written meanwhile', async () => {
      const { source, add } = scene();
      const unsure = source.capture(contextOf(), async ({ unchanged }) => {
        await add('meanwhile');
        await unchanged();
      });
      await expect(unsure).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
    });
  });
}
