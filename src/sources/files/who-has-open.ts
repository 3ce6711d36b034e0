import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { errnoOf } from '../../net/errno.js';

const PROCESSES = '/proc';
/** The kernel adds it to the name of what has been removed. */
const REMOVED = / \(deleted\)$/;

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
  if (wanted.size === 0) return [];
  const found: string[] = [];
  for (const pid of ((await orNothing(readdir(PROCESSES))) ?? []).filter((name) => /^\d+$/.test(name))) {
    if (await hasOpen(`${PROCESSES}/${pid}/fd`, wanted)) found.push(`${await nameOf(pid)} (${pid})`);
  }
  return found;
}

async function hasOpen(descriptors: string, wanted: ReadonlyMap<string, string>): Promise<boolean> {
  const names = new Set(wanted.values());
  for (const descriptor of (await orNothing(readdir(descriptors))) ?? []) {
    const place = `${descriptors}/${descriptor}`;
    const target = (await orNothing(readlink(place)))?.replace(REMOVED, '');
    // Only what has the right name is looked at closely: a file of a server that is away would not answer.
    if (target === undefined || !names.has(basename(target))) continue;
    const file = await orNothing(stat(place, { bigint: true }));
    if (file && wanted.has(`${file.dev}:${file.ino}`)) return true;
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
