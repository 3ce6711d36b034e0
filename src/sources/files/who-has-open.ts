import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { errnoOf } from '../../net/errno.js';

const PROCESSES = '/proc';
/** The kernel adds it to the name of what has been removed. */
const REMOVED = / \(deleted\)$/;
/** These bits of the flags that a file was opened with say whether it is written: alone, or beside reading. */
const WRITING = 0o3;

/** One open file of one process. */
interface Held {
  /** Where `/proc` has its number: `/proc/4711/fd` and `9`. */
  readonly descriptors: string;
  readonly descriptor: string;
  /** Under which name, by now. */
  readonly target: string;
}

/**
 * The processes of this host that have one of the files open, for people: `checkout (4711)`. Those of other users only root sees, and those of
 * other hosts and, from within a container, of other containers nobody: who holds a lock is for the database to find out.
 */
export async function whoHasOpen(paths: readonly string[]): Promise<readonly string[]> {
  const wanted = new Map<string, string>();
  for (const path of paths) {
    const file = await orNothing(stat(path, { bigint: true }));
    if (file) wanted.set(`${file.dev}:${file.ino}`, basename(path));
  }
  const names = new Set(wanted.values());
  if (names.size === 0) return [];
  return processesWith(async ({ descriptors, descriptor, target }) => {
    // Only what has the right name is looked at closely: a file of a server that is away would not answer.
    if (!names.has(basename(target))) return false;
    const file = await orNothing(stat(`${descriptors}/${descriptor}`, { bigint: true }));
    return file !== undefined && wanted.has(`${file.dev}:${file.ino}`);
  });
}

/** The processes of this host that have a file below a folder open to write, as far as this user may see them. @param folder without links in it */
export function whoWritesBelow(folder: string): Promise<readonly string[]> {
  return processesWith(async ({ descriptors, descriptor, target }) => {
    if (!target.startsWith(`${folder}/`)) return false;
    const info = (await orNothing(readFile(`${descriptors}info/${descriptor}`, 'utf8'))) ?? '';
    return (Number.parseInt(/^flags:\s*([0-7]+)$/m.exec(info)?.[1] ?? '0', 8) & WRITING) !== 0;
  });
}

async function processesWith(matches: (held: Held) => Promise<boolean>): Promise<readonly string[]> {
  const found: string[] = [];
  for (const pid of ((await orNothing(readdir(PROCESSES))) ?? []).filter((name) => /^\d+$/.test(name))) {
    if (await holds(`${PROCESSES}/${pid}/fd`, matches)) found.push(`${await nameOf(pid)} (${pid})`);
  }
  return found;
}

async function holds(descriptors: string, matches: (held: Held) => Promise<boolean>): Promise<boolean> {
  for (const descriptor of (await orNothing(readdir(descriptors))) ?? []) {
    const target = await orNothing(readlink(`${descriptors}/${descriptor}`));
    if (target !== undefined && (await matches({ descriptors, descriptor, target: target.replace(REMOVED, '') }))) return true;
  }
  return false;
}

async function nameOf(pid: string): Promise<string> {
  return (await orNothing(readFile(`${PROCESSES}/${pid}/comm`, 'utf8')))?.trim() ?? 'a process';
}

/** Processes end while they are looked at, and keep what they have open from others. */
async function orNothing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return undefined;
  }
}
