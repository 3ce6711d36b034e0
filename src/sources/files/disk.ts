import { lstat, mkdir, open, readdir, readFile, readlink, rename, rm, symlink, chmod } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoOf } from '../../net/errno.js';

/** The changes that swaps make on a file system, one call each: what is killed between two of them is finished by the next attempt. */
export interface Disk {
  /** What is at the path itself, never behind a link; null: nothing. */
  kindOf(path: string): Promise<'file' | 'folder' | 'link' | 'other' | null>;
  /** On the disk when it returns. What is at `to` is the caller's to look after. */
  rename(from: string, to: string): Promise<void>;
  /** In place of what is there, on the disk when it returns. */
  write(path: string, text: string): Promise<void>;
  /** null: nothing is there. */
  read(path: string): Promise<string | null>;
  /** In place of a link that is there. */
  makeLink(path: string, target: string): Promise<void>;
  makeFolder(path: string): Promise<void>;
  /** With all that is in it; nothing there is no error. Links are removed, not followed. */
  remove(path: string): Promise<void>;
}

/** The file system of this host. */
export function createDisk(): Disk {
  return {
    kindOf,
    async rename(from, to) {
      await rename(from, to);
      for (const folder of new Set([dirname(from), dirname(to)])) await syncPath(folder);
    },
    async write(path, text) {
      const temporary = draftOf(path);
      const file = await open(temporary, 'w', 0o600);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
      await syncPath(dirname(path));
    },
    read: (path) => unlessMissing(readFile(path, 'utf8')),
    async makeLink(path, target) {
      const there = await unlessMissing(readlink(path));
      if (there === target) return;
      if (there !== null) await rm(path);
      await symlink(target, path);
    },
    async makeFolder(path) {
      await mkdir(path, { mode: 0o700 });
    },
    remove,
  };
}

/** Where what is written to a path lies before it gets its name. */
export function draftOf(path: string): string {
  return `${path}.new`;
}

async function kindOf(path: string): Promise<'file' | 'folder' | 'link' | 'other' | null> {
  const stat = await unlessMissing(lstat(path));
  if (stat === null) return null;
  if (stat.isFile()) return 'file';
  if (stat.isDirectory()) return 'folder';
  return stat.isSymbolicLink() ? 'link' : 'other';
}

async function remove(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    // A folder without the right to write holds on to what is in it, also against its owner.
    if (errnoOf(error) !== 'EACCES' && errnoOf(error) !== 'EPERM') throw error;
    await openUp(path);
    await rm(path, { recursive: true, force: true });
  }
}

async function openUp(folder: string): Promise<void> {
  if ((await kindOf(folder)) !== 'folder') return;
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) if (entry.isDirectory()) await openUp(join(folder, entry.name));
}

/** A file's content, or the names in a folder, are on the disk when it returns. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function unlessMissing<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return null;
    throw error;
  }
}
