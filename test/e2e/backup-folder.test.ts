import { chmod, chown, link, mkdir, mkdtemp, readlink, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { compareFingerprints } from '../../src/domain/backup/compare-fingerprints.js';
import type { Fingerprint } from '../../src/domain/backup/fingerprint.js';
import type { Content } from '../../src/engines/engine.js';
import { contextOf } from '../../src/sources/contract/scene.js';
import { createDirectorySource } from '../../src/sources/directory/directory-source.js';
import type { Source } from '../../src/sources/source.js';
import { archiveScene } from '../support/archive-scene.js';
import { freePrograms } from '../support/free-programs.js';
import { whenResticIsThere } from '../support/restic.js';
import { createResticScenes } from '../support/restic-scene.js';

interface Kept {
  store(content: Content): Promise<string>;
  fetch(snapshot: string, folder: string): Promise<unknown>;
  close(): Promise<void>;
}

const signal = AbortSignal.timeout(600_000);
const isRoot = process.getuid?.() === 0;

describeFolders('archive', 'files of their own', async () => {
  const { store, fetch, close } = await archiveScene();
  return { store: async (content) => (await store(content)).snapshot, fetch, close };
});

whenResticIsThere((restic) => describeFolders('restic', 'kept', async () => {
  const { engine, close } = await createResticScenes(restic).make();
  return {
    store: async (content) => (await engine.store({ backup: '01JAAAAAAAAAAAAAAAAAAAAAAA', attempt: 1, source: 'production/shop/files', content }, () => undefined, signal)).snapshot,
    fetch: (snapshot, folder) => engine.fetch(snapshot, folder, () => undefined, signal), close,
  };
}));

function describeFolders(engine: string, links: 'kept' | 'files of their own', makeKept: () => Promise<Kept>): void {
  describe(`a folder that ${engine} keeps`, () => {
    let kept: Kept;
    let around: string;
    let path: string;
    let source: Source;
    beforeEach(async () => {
      kept = await makeKept();
      around = await mkdtemp(join(tmpdir(), 'slipway-folder-'));
      path = join(around, 'data');
      await mkdir(path);
      source = createDirectorySource({ name: 'files', path, programs: freePrograms() });
    }, 60_000);
    afterEach(async () => {
      await kept.close();
      await rm(around, { recursive: true, force: true });
    }, 60_000);

    /** Backed up, and swapped in again. @returns what was backed up, and what came of it */
    async function through(): Promise<{ readonly before: Fingerprint; readonly copy: Fingerprint }> {
      const { before, snapshot } = await source.capture(contextOf(), async ({ fingerprint, content }) => ({ before: fingerprint, snapshot: await kept.store(content) }));
      await source.fillCopy(contextOf(), async (folder) => void (await kept.fetch(snapshot, folder)));
      const copy = await source.fingerprint('copy', contextOf());
      await source.swap(contextOf());
      return { before, copy };
    }

    it('comes back with its modes, its owners, its empty folders, its links and its longest names', async () => {
      const longest = 'ä'.repeat(127);
      const deep = Array.from({ length: 12 }, () => 'd'.repeat(200)).join('/');
      await mkdir(join(path, 'hollow'), { mode: 0o500 });
      await symlink('/nowhere/at all', join(path, 'dangling'));
      await writeFile(join(path, longest), 'long');
      await mkdir(join(path, deep), { recursive: true });
      await writeFile(join(path, deep, 'file'), 'deep');
      await writeFile(join(path, 'program'), '#!');
      if (isRoot) await chown(join(path, 'program'), 33, 34);
      await chmod(join(path, 'program'), 0o4751);
      const { before, copy } = await through();
      expect(compareFingerprints(before, copy)).toEqual([]);
      expect(before.items['program']).toMatchObject({ mode: '4751', ...(isRoot && { owner: '33:34' }) });
      expect(await readlink(join(path, 'dangling'))).toBe('/nowhere/at all');
    }, 60_000);

    it('comes back with the bytes of hard links and of files with holes', async () => {
      await writeFile(join(path, 'one'), 'shared');
      await link(join(path, 'one'), join(path, 'two'));
      await writeFile(join(path, 'holes'), '');
      await truncate(join(path, 'holes'), 8_388_608);
      const { before, copy } = await through();
      expect(compareFingerprints(before, copy)).toEqual([]);
      expect((await stat(join(path, 'two'))).nlink).toBe(links === 'kept' ? 2 : 1);
    }, 60_000);
  });
}
