import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { messageOf } from '../domain/errors.js';
import { sweepTemporaries, temporaryOf } from './temporaries.js';

/** A file gets this mode despite the worker's umask: the router and its operators are other users. */
const READABLE_BY_ALL = 0o644;

/**
 * Writes a file by a temporary name beside it, which is on the disk before it is renamed: the file is there whole or as it was, also after a power cut.
 * Temporary files that killed writers left beside it are removed.
 *
 * @throws when there is nothing to write, and what the file system says, about `path`
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  if (text.trim() === '') throw new Error(`There is nothing to write to ${path}.`);
  const temporary = temporaryOf(path, randomUUID());
  try {
    await write(temporary, text);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    // The same failure has the same text each time.
    throw new Error(messageOf(error).replaceAll(temporary, path), { cause: error });
  }
  await sweepTemporaries(path);
}

async function write(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.chmod(READABLE_BY_ALL);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
