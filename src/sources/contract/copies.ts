import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { compareFingerprints } from '../../domain/backup/compare-fingerprints.js';
import { backUp, contextOf, type Kept, RUN, type SceneHolder, type SourceScene } from './scene.js';
import { fetchKept } from './keep-content.js';

export function describeCopies(scene: SceneHolder): void {
  describe('a copy', () => {
    it('is equal to what was backed up, whatever became of what is live', async () => {
      await scene().add('first');
      const kept = await backUp(scene());
      await scene().add('later');
      await makeCopy(scene(), kept);
      expect(await differences(scene(), kept)).toEqual([]);
      expect(await scene().keys()).toContain('later');
    });

    it('is told from what was backed up when somebody tampers with it', async () => {
      const kept = await backUp(scene());
      await makeCopy(scene(), kept);
      await scene().addToCopy('forged', RUN);
      expect(await differences(scene(), kept)).not.toEqual([]);
    });

    it('begins with an empty folder that nobody else may read, also after an attempt that was cut off', async () => {
      const { source } = scene();
      const cut = source.fillCopy(contextOf(), async (folder) => {
        await writeFile(join(folder, 'half'), 'half');
        throw new Error('cut off');
      });
      await expect(cut).rejects.toThrow('cut off');
      const seen: unknown[] = [];
      await source.fillCopy(contextOf(), async (folder) => void seen.push(await readdir(folder), (await stat(folder)).mode & 0o777)).catch(() => undefined);
      expect(seen).toEqual([[], 0o700]);
    });

    it('is made anew by another attempt', async () => {
      const kept = await backUp(scene());
      await makeCopy(scene(), kept);
      await scene().addToCopy('forged', RUN);
      await makeCopy(scene(), kept);
      expect(await differences(scene(), kept)).toEqual([]);
    });

    it('is not made of spoilt files, and what is live stays as it was', async () => {
      const { source, spoil } = scene();
      if (!spoil) return;
      await scene().add('first');
      const { folder: from } = await backUp(scene());
      const filling = source.fillCopy(contextOf(), async (folder) => {
        await fetchKept(from, folder);
        await spoil(folder);
      });
      await expect(filling).rejects.toMatchObject({ code: 'RESTORE_FAILED' });
      await expect(source.fingerprint('copy', contextOf())).rejects.toMatchObject({ code: 'COPY_MISSING' });
      expect(await scene().keys()).toContain('first');
    });

    it('is not there before it is made', async () => {
      await expect(scene().source.fingerprint('copy', contextOf())).rejects.toMatchObject({ code: 'COPY_MISSING' });
    });

    it('is dropped without a trace, however often', async () => {
      const { source } = scene();
      await makeCopy(scene(), await backUp(scene()));
      await source.dropCopy(contextOf());
      await source.dropCopy(contextOf());
      expect(await scene().leftovers()).toEqual([]);
      await expect(source.fingerprint('copy', contextOf())).rejects.toMatchObject({ code: 'COPY_MISSING' });
    });

    it('passes a check that holds, and fails one that does not or cannot be run', async () => {
      await scene().add('first');
      await makeCopy(scene(), await backUp(scene()));
      const { holds, broken } = scene().checks;
      const outcomes = await scene().source.check({ there: holds('first'), absent: holds('second'), broken }, contextOf());
      expect(outcomes.filter(({ name }) => ['there', 'absent', 'broken'].includes(name)).map(({ name, ok }) => [name, ok]))
        .toEqual([['there', true], ['absent', false], ['broken', false]]);
    });

    it('passes no check by changing the copy', async () => {
      const kept = await backUp(scene());
      await makeCopy(scene(), kept);
      await scene().source.check({ there: scene().checks.holds('first') }, contextOf());
      expect(await differences(scene(), kept)).toEqual([]);
    });
  });
}

/** From a backup's files, as an engine would fetch them. */
export async function makeCopy({ source }: SourceScene, { folder: from }: Kept, run = RUN): Promise<void> {
  await source.fillCopy(contextOf(run), (folder) => fetchKept(from, folder));
}

async function differences({ source }: SourceScene, { fingerprint }: Kept): Promise<readonly string[]> {
  return compareFingerprints(fingerprint, await source.fingerprint('copy', contextOf())).map(({ text }) => text);
}
