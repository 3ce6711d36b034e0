import { execFileSync } from 'node:child_process';
import { chmod, mkdir, open, readdir, readFile, readlink, rename, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { copyName, type FolderScene, folderScene, SHAPES } from '../../../test/support/folder-scene.js';
import { freePrograms } from '../../../test/support/free-programs.js';
import { compareFingerprints } from '../../domain/backup/compare-fingerprints.js';
import { makeCopy } from '../contract/copies.js';
import { backUp, contextOf, RUN } from '../contract/scene.js';
import { sourceContract } from '../contract.js';
import { createDirectorySource } from './directory-source.js';

for (const shape of SHAPES) sourceContract(`the directory source on ${shape}`, ['fenced'], () => folderScene(shape));

describe('the directory source', () => {
  let scene: FolderScene;
  beforeEach(async () => {
    scene = await folderScene('a plain folder');
  });
  afterEach(() => scene.close());

  const captured = () => scene.source.capture(contextOf(), async ({ fingerprint, content }) => ({ fingerprint, content }));

  it('reads files, links and folders, whatever their names', async () => {
    for (const name of [`it's`, 'a "b"', 'new\nline', '-rf', 'ünï', '$(id)', '__proto__', ' ']) await writeFile(join(scene.path, name), name);
    await symlink('/etc/passwd', join(scene.path, 'outside'));
    const { fingerprint, content } = await captured();
    expect(fingerprint.items).toMatchObject({ 'new\nline': { kind: 'file', count: '8' }, outside: { kind: 'link', count: null, sum: '/etc/passwd' }, empty: { kind: 'folder' } });
    expect(Object.keys(content.kind === 'tree' ? content.manifest.files : {})).toContain('__proto__');
    expect(fingerprint.about).toEqual({ files: 8, folders: 1, links: 1 });
  });

  it('refuses a pipe without waiting for it', async () => {
    execFileSync('mkfifo', [join(scene.path, 'pipe')]);
    await expect(captured()).rejects.toMatchObject({ code: 'SOURCE_UNSUPPORTED' });
  });

  it('refuses a name that is no UTF-8', async () => {
    await writeFile(Buffer.concat([Buffer.from(`${scene.path}/`), Buffer.from([0xff, 0xfe])]), 'x');
    await expect(captured()).rejects.toMatchObject({ code: 'SOURCE_UNSUPPORTED' });
  });

  it('does not find a folder that is not there', async () => {
    await rm(scene.path, { recursive: true });
    await expect(captured()).rejects.toMatchObject({ code: 'SOURCE_MISSING' });
  });

  it('refuses a file in the place of the folder', async () => {
    await rm(scene.path, { recursive: true });
    await writeFile(scene.path, 'x');
    await expect(captured()).rejects.toMatchObject({ code: 'SOURCE_UNSUPPORTED' });
  });

  it.each([
    ['a file that is written to', () => writeFile(join(scene.path, 'a.txt'), 'b')],
    ['a file that is gone', () => rm(join(scene.path, 'a.txt'))],
    ['a file that is shorter', () => truncate(join(scene.path, 'a.txt'), 0)],
    ['a file that is replaced by its like', async () => {
      await writeFile(join(scene.path, '.new'), 'a');
      await rename(join(scene.path, '.new'), join(scene.path, 'a.txt'));
    }],
    ['a folder that is new', () => mkdir(join(scene.path, 'empty', 'new'))],
  ])('notices %s while the backup is stored', async (_, change) => {
    await scene.add('a');
    const unsure = scene.source.capture(contextOf(), async ({ unchanged }) => {
      await change();
      await unchanged();
    });
    await expect(unsure).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
  });

  it('brings a folder back that was removed as a whole, and takes it away again', async () => {
    await scene.add('first');
    const kept = await backUp(scene);
    await rm(scene.path, { recursive: true });
    await makeCopy(scene, kept);
    expect(await scene.source.swap(contextOf())).toMatchObject({ done: 'now' });
    expect(await scene.source.swap(contextOf())).toMatchObject({ done: 'before' });
    expect(await scene.keys()).toEqual(['first']);
    await scene.source.swapBack(contextOf());
    await expect(readdir(scene.path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('gives the copy the mode of what was live', async () => {
    execFileSync('chmod', ['2750', scene.path]);
    await makeCopy(scene, await backUp(scene));
    await scene.source.swap(contextOf());
    expect((await stat(scene.path)).mode & 0o7777).toBe(0o2750);
  });

  it('tells when the copy has other modes', async () => {
    await scene.add('first');
    const kept = await backUp(scene);
    await makeCopy(scene, kept);
    await chmod(join(scene.around, await copyName(scene.around, RUN), 'first.txt'), 0o600);
    const differences = compareFingerprints(kept.fingerprint, await scene.source.fingerprint('copy', contextOf()));
    expect(differences.map(({ item }) => item)).toEqual(['first.txt']);
  });

  it('puts aside what somebody makes in the place of live data meanwhile', async () => {
    await scene.add('first');
    await makeCopy(scene, await backUp(scene));
    await scene.source.swap(contextOf());
    // As between the two renames of another attempt.
    await rename(scene.path, join(scene.around, `.it's "here".copy-${RUN}`));
    await mkdir(scene.path);
    await writeFile(join(scene.path, 'fresh.txt'), 'fresh');
    expect(await scene.source.swap(contextOf())).toMatchObject({ done: 'now' });
    expect(await scene.keys()).toEqual(['first']);
    expect(await readdir(join(scene.around, `.it's "here".gap-${RUN}`))).toEqual(['fresh.txt']);
    await scene.source.dropOld(contextOf());
    expect(await scene.leftovers()).toEqual([]);
  });

  it('drops nothing in the middle of a swap, and says where the data is', async () => {
    await scene.add('first');
    await makeCopy(scene, await backUp(scene));
    await scene.source.swap(contextOf());
    await rename(scene.path, join(scene.around, `.it's "here".copy-${RUN}`));
    await expect(scene.source.dropCopy(contextOf())).rejects.toMatchObject({ code: 'SWAP_FAILED' });
    await expect(scene.source.dropOld(contextOf())).rejects.toMatchObject({ code: 'SWAP_FAILED' });
    await expect(captured()).rejects.toMatchObject({ code: 'SOURCE_MISSING', message: expect.stringContaining(`.swap-${RUN}`) });
  });

  it('drops a copy with folders that may not be written to', async () => {
    await mkdir(join(scene.path, 'locked'));
    await writeFile(join(scene.path, 'locked', 'file'), 'x');
    const kept = await backUp(scene);
    await makeCopy(scene, kept);
    execFileSync('chmod', ['500', join(scene.around, await copyName(scene.around, RUN), 'locked')]);
    await scene.source.dropCopy(contextOf());
    expect(await scene.leftovers()).toEqual([]);
  });
});

describe.each(SHAPES)('the directory source on %s whose writers are stopped', (shape) => {
  let scene: FolderScene;
  beforeEach(async () => {
    scene = await folderScene(shape);
  });
  afterEach(() => scene.close());

  it('is neither swapped nor swapped back while somebody has a file open to write', async () => {
    const source = createDirectorySource({ name: 'files', path: scene.path, programs: freePrograms(), writers: 'stopped' });
    await scene.add('first');
    await makeCopy(scene, await backUp(scene));
    const [log, reader] = [await open(join(scene.path, 'log'), 'a'), await open(join(scene.path, 'first.txt'))];
    await expect(source.swap(contextOf())).rejects.toMatchObject({ code: 'SOURCE_IN_USE', message: expect.stringContaining(`(${process.pid})`) });
    await log.writeFile('still here');
    expect(await readFile(join(scene.path, 'log'), 'utf8')).toBe('still here');
    await log.close();
    await source.swap(contextOf());
    const again = await open(join(scene.path, 'first.txt'), 'a');
    await expect(source.swapBack(contextOf())).rejects.toMatchObject({ code: 'SOURCE_IN_USE' });
    await again.close();
    await source.swapBack(contextOf());
    await reader.close();
    expect(await readFile(join(scene.path, 'log'), 'utf8')).toBe('still here');
  });
});

describe('the directory source on a link', () => {
  let scene: FolderScene;
  beforeEach(async () => {
    scene = await folderScene('a link to a folder');
  });
  afterEach(() => scene.close());

  it('tells that there is no gap', async () => {
    expect(await scene.source.describeSwap(contextOf())).toEqual({ how: 'one rename of a link', gap: null });
  });

  it('is refused where it leads to a mounted file system, as its path would be', async () => {
    for (const path of ['/proc', join(scene.around, 'mounted')]) {
      if (path !== '/proc') await symlink('/proc', path);
      const source = createDirectorySource({ name: 'files', path, programs: freePrograms() });
      await expect(source.describeSwap(contextOf())).rejects.toMatchObject({ code: 'SOURCE_UNSUPPORTED' });
    }
  });

  it('keeps a relative link relative, and its name short after many restores', async () => {
    for (const run of [RUN, RUN.replaceAll('A', 'C')]) {
      await makeCopy(scene, await backUp(scene), run);
      await scene.source.swap(contextOf(run));
      await scene.source.dropOld(contextOf(run));
      expect(await readlink(scene.path)).toBe(`data-v1.restored-${run}`);
    }
    expect(await scene.leftovers()).toEqual([]);
  });

  it('stays what somebody else made of it meanwhile', async () => {
    await scene.add('first');
    await makeCopy(scene, await backUp(scene));
    await scene.source.swap(contextOf());
    await mkdir(join(scene.around, 'other'));
    await rm(scene.path);
    await symlink('other', scene.path);
    await expect(scene.source.swap(contextOf())).rejects.toMatchObject({ code: 'SWAP_FAILED' });
    // Nobody says that the old data is live again when it is not.
    await expect(scene.source.swapBack(contextOf())).rejects.toMatchObject({ code: 'SWAP_FAILED' });
    await scene.source.dropOld(contextOf());
    expect(await readFile(join(scene.around, 'data-v1', 'first.txt'), 'utf8')).toBe('first');
  });
});
