import { mkdir, mkdtemp, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SourceScene } from '../../src/sources/contract/scene.js';
import { createDirectorySource } from '../../src/sources/directory/directory-source.js';
import { freePrograms } from './free-programs.js';

export type Shape = 'a plain folder' | 'a link to a folder';

export interface FolderScene extends SourceScene {
  /** What is live, as the definition names it. */
  readonly path: string;
  readonly around: string;
}

/** @param shape what the path of the source is @param name of the folder, or of the link to it */
export async function folderScene(shape: Shape, name = `it's "here"`): Promise<FolderScene> {
  const around = await mkdtemp(join(tmpdir(), 'slipway-folder-'));
  const [path, scratch] = [join(around, name), join(around, 'scratch')];
  await mkdir(scratch);
  const folder = shape === 'a plain folder' ? path : join(around, 'data-v1');
  await mkdir(folder);
  if (shape === 'a link to a folder') await symlink('data-v1', path);
  await mkdir(join(folder, 'empty'));
  const add = (root: string, key: string) => writeFile(join(root, `${key}.txt`), key);
  return {
    path, around, scratch,
    source: createDirectorySource({ name: 'files', path, programs: freePrograms() }),
    add: (key) => add(path, key),
    keys: async () => (await readdir(path)).filter((file) => file.endsWith('.txt')).map((file) => file.slice(0, -4)).sort(),
    addToCopy: async (key, run) => add(join(around, await copyName(around, run)), key),
    leftovers: async () => {
      const kept = [name, 'scratch', await readlink(path).catch(() => '')];
      return (await readdir(around)).filter((each) => !kept.includes(each));
    },
    checks: {
      holds: (key) => ({ kind: 'command', command: ['sh', '-c', 'test -f "$SLIPWAY_COPY/$0.txt"', key], timeoutMs: 10_000 }),
      broken: { kind: 'command', command: ['/no/such/program'], timeoutMs: 10_000 },
    },
    close: () => rm(around, { recursive: true, force: true }),
  };
}

/** Of the copy of a run, beside what is live. */
export async function copyName(around: string, run: string): Promise<string> {
  return (await readdir(around)).find((name) => name.endsWith(`-${run}`) && /copy|restored/.test(name)) ?? 'none';
}

export const SHAPES: readonly Shape[] = ['a plain folder', 'a link to a folder'];
