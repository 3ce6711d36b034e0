import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, readlink, rename, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freePrograms } from '../../../test/support/free-programs.js';
import { compareFingerprints } from '../../domain/backup/compare-fingerprints.js';
import { makeCopy } from '../contract/copies.js';
import { backUp, contextOf, RUN, type SourceScene } from '../contract/scene.js';
import { sourceContract } from '../contract.js';
import { createDisk, type Disk } from '../files/disk.js';
import { createDirectorySource } from './directory-source.js';

type Shape = 'a plain folder' | 'a link to a folder';

interface FolderScene extends SourceScene {
  /** What is live, as the definition names it. */
  readonly path: string;
  readonly around: string;
}

async function arrange(shape: Shape, disk?: Disk): Promise<FolderScene> {
  const around = await mkdtemp(join(tmpdir(), 'slipway-folder-'));
  const [path, scratch] = [join(around, `it's "here"`), join(around, 'scratch')];
  await mkdir(scratch);
  const folder = shape === 'a plain folder' ? path : join(around, 'data-v1');
  await mkdir(folder);
  if (shape === 'a link to a folder') await symlink('data-v1', path);
  await mkdir(join(folder, 'empty'));
  const add = (root: string, key: string) => writeFile(join(root, `${key}.txt`), key);
  return {
    path, around, scratch,
    source: createDirectorySource({ name: 'files', path, programs: freePrograms(), ...(disk && { disk }) }),
    add: (key) => add(path, key),
    keys: async () => (await readdir(path)).filter((name) => name.endsWith('.txt')).map((name) => name.slice(0, -4)).sort(),
    addToCopy: async (key, run) => add(join(around, await copyName(around, run)), key),
    leftovers: async () => {
      const kept = [`it's "here"`, 'scratch', await readlink(path).catch(() => '')];
      return (await readdir(around)).filter((name) => !kept.includes(name));
    },
    checks: {
      holds: (key) => ({ kind: 'command', command: ['sh', '-c', 'test -f "$SLIPWAY_COPY/$0.txt"', key], timeoutMs: 10_000 }),
      broken: { kind: 'command', command: ['/no/such/program'], timeoutMs: 10_000 },
    },
    close: () => rm(around, { recursive: true, force: true }),
  };
}

async function copyName(around: string, run: string): Promise<string> {
  return (await readdir(around)).find((name) => name.endsWith(`-${run}`) && /copy|restored/.test(name)) ?? 'none';
}

const SHAPES: readonly Shape[] = ['a plain folder', 'a link to a folder'];
for (const shape of SHAPES) sourceContract(`the directory source on ${shape}`, ['fenced'], () => arrange(shape));

describe('the directory source', () => {
  let scene: FolderScene;
  beforeEach(async () => {
    scene = await arrange('a plain folder');
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

describe('the directory source on a link', () => {
  let scene: FolderScene;
  beforeEach(async () => {
    scene = await arrange('a link to a folder');
  });
  afterEach(() => scene.close());

  it('tells that there is no gap', async () => {
    expect(await scene.source.describeSwap(contextOf())).toEqual({ how: 'one rename of a link', gap: null, needsQuiesce: false });
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
    await scene.source.dropOld(contextOf());
    expect(await readFile(join(scene.around, 'data-v1', 'first.txt'), 'utf8')).toBe('first');
  });
});

/** A disk that is gone from its n-th change on, as for a worker that is killed there; or fails once. */
function failingDisk(at: number, how: 'killed' | 'once'): { disk: Disk; failed: () => boolean } {
  const real = createDisk();
  let changes = 0;
  const guard = <Args extends readonly unknown[], T>(work: (...args: Args) => Promise<T>) => async (...args: Args): Promise<T> => {
    changes += 1;
    if (how === 'killed' ? changes > at : changes === at + 1) throw new Error('the disk is gone');
    return work(...args);
  };
  const disk = { ...real, rename: guard(real.rename), write: guard(real.write), makeLink: guard(real.makeLink), makeFolder: guard(real.makeFolder), remove: guard(real.remove) };
  return { disk, failed: () => changes > at };
}

const MOST_CHANGES = 30;

describe.each(SHAPES)('the directory source on %s, killed between any two changes', (shape) => {
  async function walk(how: 'killed' | 'once', act: (source: SourceScene['source']) => Promise<unknown>, before: (scene: FolderScene) => Promise<unknown>, after: (scene: FolderScene) => Promise<void>): Promise<number> {
    for (let at = 0; at < MOST_CHANGES; at += 1) {
      const scene = await arrange(shape);
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
    const scene = await arrange(shape);
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
