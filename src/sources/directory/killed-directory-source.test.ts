import { describe, expect, it } from '@jest/globals';
import { failingDisk } from '../../../test/support/failing-disk.js';
import { type FolderScene, folderScene, SHAPES } from '../../../test/support/folder-scene.js';
import { freePrograms } from '../../../test/support/free-programs.js';
import { compareFingerprints } from '../../domain/backup/compare-fingerprints.js';
import { makeCopy } from '../contract/copies.js';
import { backUp, contextOf, type SourceScene } from '../contract/scene.js';
import { createDirectorySource } from './directory-source.js';

const MOST_CHANGES = 30;

describe.each(SHAPES)('the directory source on %s, killed between any two changes', (shape) => {
  async function walk(how: 'killed' | 'once', act: (source: SourceScene['source']) => Promise<unknown>, before: (scene: FolderScene) => Promise<unknown>, after: (scene: FolderScene) => Promise<void>): Promise<number> {
    for (let at = 0; at < MOST_CHANGES; at += 1) {
      const scene = await folderScene(shape);
      await scene.add('first');
      const kept = await backUp(scene);
      await scene.add('later');
      await makeCopy(scene, kept);
      await before(scene);
      const { disk, failed } = failingDisk(at, how);
      await act(createDirectorySource({ name: 'files', path: scene.path, programs: freePrograms(), disk })).catch(() => undefined);
      if (failed()) await after(scene);
      await scene.close();
      if (!failed()) return at;
    }
    throw new Error('it never ended');
  }

  it('finishes the swap at the next attempt', async () => {
    const changes = await walk('killed', (source) => source.swap(contextOf()), async () => undefined, async (scene) => {
      await scene.source.swap(contextOf());
      expect(await scene.keys()).toEqual(['first']);
      await scene.source.dropOld(contextOf());
      expect(await scene.leftovers()).toEqual([]);
    });
    expect(changes).toBeGreaterThanOrEqual(3);
  });

  it('can be taken back instead', async () => {
    await walk('killed', (source) => source.swap(contextOf()), async () => undefined, async (scene) => {
      await scene.source.swapBack(contextOf());
      expect(await scene.keys()).toEqual(['first', 'later']);
      await scene.source.dropCopy(contextOf());
      expect(await scene.leftovers()).toEqual([]);
    });
  });

  it('finishes the swap back at the next attempt', async () => {
    await walk('killed', (source) => source.swapBack(contextOf()), (scene) => scene.source.swap(contextOf()), async (scene) => {
      await scene.source.swapBack(contextOf());
      expect(await scene.keys()).toEqual(['first', 'later']);
      const copy = await scene.source.fingerprint('copy', contextOf());
      expect(Object.keys(copy.items)).toEqual(['empty', 'first.txt']);
    });
  });

  it('leaves what was live live when a change fails', async () => {
    await walk('once', (source) => source.swap(contextOf()), async () => undefined, async (scene) => {
      expect(await scene.keys()).toEqual(['first', 'later']);
    });
  });

  it('finishes dropping at the next attempt', async () => {
    await walk('killed', (source) => source.dropOld(contextOf()), (scene) => scene.source.swap(contextOf()), async (scene) => {
      await scene.source.dropOld(contextOf());
      expect(await scene.leftovers()).toEqual([]);
      expect(await scene.keys()).toEqual(['first']);
    });
  });

  it('makes a whole copy at the next attempt', async () => {
    const scene = await folderScene(shape);
    await scene.add('first');
    const kept = await backUp(scene);
    for (let at = 0; at < MOST_CHANGES; at += 1) {
      const { disk, failed } = failingDisk(at, 'killed');
      const source = createDirectorySource({ name: 'files', path: scene.path, programs: freePrograms(), disk });
      await makeCopy({ ...scene, source }, kept).catch(() => undefined);
      await makeCopy(scene, kept);
      expect(compareFingerprints(kept.fingerprint, await scene.source.fingerprint('copy', contextOf()))).toEqual([]);
      if (!failed()) break;
    }
    await scene.close();
  });
});
