import { describe, expect, it } from '@jest/globals';
import { compareFingerprints } from '../../domain/backup/compare-fingerprints.js';
import { SlipwayError } from '../../domain/errors.js';
import type { SourceContext } from '../source.js';
import { makeCopy } from './copies.js';
import { backUp, contextOf, OTHER_RUN, type SceneHolder, type SourceFeature, type SourceScene } from './scene.js';

export function describeSwaps(scene: SceneHolder, features: readonly SourceFeature[]): void {
  describe('a swap', () => {
    it('makes the copy live and keeps what was', async () => {
      await copyWithLaterChange(scene());
      const before = await scene().source.fingerprint('live', contextOf());
      expect(await scene().source.swap(contextOf())).toMatchObject({ done: 'now' });
      expect(await scene().keys()).toEqual(['first']);
      await expect(scene().source.fingerprint('copy', contextOf())).rejects.toMatchObject({ code: 'COPY_MISSING' });
      await scene().source.swapBack(contextOf());
      expect(compareFingerprints(before, await scene().source.fingerprint('live', contextOf()))).toEqual([]);
    });

    it('is done once, however often it is asked for', async () => {
      await copyWithLaterChange(scene());
      await scene().source.swap(contextOf());
      await scene().add('afterwards');
      expect(await scene().source.swap(contextOf())).toMatchObject({ done: 'before' });
      expect(await scene().keys()).toEqual(['afterwards', 'first']);
    });

    it('can be taken back, and what was restored is the copy again', async () => {
      await copyWithLaterChange(scene());
      await scene().source.swap(contextOf());
      expect(await scene().source.swapBack(contextOf())).toMatchObject({ done: 'now' });
      expect(await scene().source.swapBack(contextOf())).toMatchObject({ done: 'before' });
      expect(await scene().keys()).toEqual(['first', 'later']);
      await expect(scene().source.fingerprint('copy', contextOf())).resolves.toBeDefined();
    });

    it('leaves live data that can be written', async () => {
      await copyWithLaterChange(scene());
      await scene().source.swap(contextOf());
      await scene().add('restored');
      await scene().source.swapBack(contextOf());
      await scene().add('old');
      expect(await scene().keys()).toEqual(['first', 'later', 'old']);
    });

    it('needs a copy', async () => {
      await scene().add('first');
      await expect(scene().source.swap(contextOf())).rejects.toMatchObject({ code: 'COPY_MISSING' });
      expect(await scene().keys()).toEqual(['first']);
    });

    it('that never was is taken back by doing nothing', async () => {
      await copyWithLaterChange(scene());
      expect(await scene().source.swapBack(contextOf())).toMatchObject({ done: 'before' });
      expect(await scene().keys()).toEqual(['first', 'later']);
    });

    it('leaves nothing behind once the old one is dropped, however often', async () => {
      await copyWithLaterChange(scene());
      await scene().source.swap(contextOf());
      await scene().source.dropOld(contextOf());
      await scene().source.dropOld(contextOf());
      expect(await scene().leftovers()).toEqual([]);
      expect(await scene().keys()).toEqual(['first']);
    });

    it('keeps the old one when only the copy is dropped', async () => {
      await copyWithLaterChange(scene());
      await scene().source.swap(contextOf());
      await scene().source.dropCopy(contextOf());
      expect(await scene().keys()).toEqual(['first']);
      await scene().source.swapBack(contextOf());
      expect(await scene().keys()).toEqual(['first', 'later']);
    });

    it('leaves nothing behind once it was taken back and the copy dropped', async () => {
      await copyWithLaterChange(scene());
      await scene().source.swap(contextOf());
      await scene().source.swapBack(contextOf());
      await scene().source.dropCopy(contextOf());
      expect(await scene().leftovers()).toEqual([]);
      expect(await scene().keys()).toEqual(['first', 'later']);
    });

    it('leaves the copies of other runs alone', async () => {
      await copyWithLaterChange(scene());
      await makeCopy(scene(), await backUp(scene()), OTHER_RUN);
      await scene().source.swap(contextOf());
      await scene().source.dropOld(contextOf());
      await expect(scene().source.fingerprint('copy', contextOf(OTHER_RUN))).resolves.toBeDefined();
      await scene().source.dropCopy(contextOf(OTHER_RUN));
    });

    it('says how it is done', async () => {
      expect(await scene().source.describeSwap(contextOf())).toMatchObject({ how: expect.stringMatching(/\w/) });
    });

    it('rejects with the reason when it is aborted', async () => {
      await copyWithLaterChange(scene());
      const reason = new Error('no longer wanted');
      await expect(scene().source.swap(contextOf(undefined, AbortSignal.abort(reason)))).rejects.toBe(reason);
      expect(await scene().keys()).toEqual(['first', 'later']);
    });

    if (features.includes('fenced')) it('that comes after it was taken back does nothing', async () => {
      await copyWithLaterChange(scene());
      await scene().source.swap(contextOf());
      await scene().source.swapBack(contextOf());
      await expect(scene().source.swap(contextOf())).rejects.toMatchObject({ code: 'SWAP_FAILED' });
      expect(await scene().keys()).toEqual(['first', 'later']);
    });

    if (features.includes('fenced')) it('that was given up before it began never happens', async () => {
      await copyWithLaterChange(scene());
      await scene().source.swapBack(contextOf());
      await expect(scene().source.swap(contextOf())).rejects.toMatchObject({ code: 'SWAP_FAILED' });
      expect(await scene().keys()).toEqual(['first', 'later']);
    });
  });

  describe('an attempt that does not count any more', () => {
    it.each(['swap', 'dropCopy'] as const)('changes nothing by its %s', async (call) => {
      await copyWithLaterChange(scene());
      await expect(scene().source[call](LATE)).rejects.toMatchObject({ code: 'SUPERSEDED' });
      expect(await scene().keys()).toEqual(['first', 'later']);
      await expect(scene().source.fingerprint('copy', contextOf())).resolves.toBeDefined();
    });

    it.each(['swapBack', 'dropOld'] as const)('changes nothing by its %s', async (call) => {
      await copyWithLaterChange(scene());
      await scene().source.swap(contextOf());
      await expect(scene().source[call](LATE)).rejects.toMatchObject({ code: 'SUPERSEDED' });
      expect(await scene().keys()).toEqual(['first']);
      await scene().source.swapBack(contextOf());
      expect(await scene().keys()).toEqual(['first', 'later']);
    });

    if (features.includes('read-only')) it('neither stops writes nor allows them', async () => {
      const { source, add, keys } = scene();
      await expect(source.quiesce(LATE)).rejects.toMatchObject({ code: 'SUPERSEDED' });
      await add('first');
      await source.quiesce(contextOf());
      await expect(source.unquiesce(LATE)).rejects.toMatchObject({ code: 'SUPERSEDED' });
      await expect(add('refused')).rejects.toThrow();
      await source.unquiesce(contextOf());
      expect(await keys()).toEqual(['first']);
    });
  });

  describe('stopping writes', () => {
    if (!features.includes('read-only')) {
      it('is refused where it takes a command', async () => {
        await expect(scene().source.quiesce(contextOf())).rejects.toMatchObject({ code: 'QUIESCE_UNSUPPORTED' });
      });
      return;
    }

    it('keeps writers out until writes are allowed again, however often either is asked for', async () => {
      const { source, add } = scene();
      await source.quiesce(contextOf());
      await source.quiesce(contextOf());
      await expect(add('refused')).rejects.toThrow();
      await source.unquiesce(contextOf());
      await source.unquiesce(contextOf());
      await add('first');
      expect(await scene().keys()).toEqual(['first']);
    });

    it('stays stopped for a later run when an earlier one allows its own', async () => {
      const { source, add, keys } = scene();
      await source.quiesce(contextOf());
      await source.quiesce(contextOf(OTHER_RUN));
      await source.unquiesce(contextOf());
      await expect(add('refused')).rejects.toThrow();
      await source.unquiesce(contextOf(OTHER_RUN));
      await add('first');
      expect(await keys()).toEqual(['first']);
    });

    it('is not inherited by what was restored', async () => {
      const { source, add } = scene();
      await source.quiesce(contextOf());
      await makeCopy(scene(), await backUp(scene()));
      await source.swap(contextOf());
      await add('restored');
      await source.unquiesce(contextOf());
      expect(await scene().keys()).toEqual(['restored']);
    });

    it.each(['before', 'after'])('ends also when it is ended %s a swap is taken back', async (when) => {
      const { source, add } = scene();
      await source.quiesce(contextOf());
      await makeCopy(scene(), await backUp(scene()));
      await source.swap(contextOf());
      if (when === 'before') await source.unquiesce(contextOf());
      await source.swapBack(contextOf());
      if (when === 'after') await source.unquiesce(contextOf());
      await add('first');
      expect(await scene().keys()).toEqual(['first']);
    });
  });
}

const LATE: SourceContext = { ...contextOf(), stillOurs: () => Promise.reject(new SlipwayError('SUPERSEDED')) };

/** Backed up and copied with `first`; live has `later` beside it. */
async function copyWithLaterChange(scene: SourceScene): Promise<void> {
  await scene.add('first');
  const kept = await backUp(scene);
  await scene.add('later');
  await makeCopy(scene, kept);
}
