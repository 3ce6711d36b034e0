import { lstat, mkdir, mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf, SlipwayError } from '../../domain/errors.js';

const BEAT_MS = 20_000;
/** What nobody has touched for so long was left by the dead: no matter of which container, whose process ids say nothing here. */
const DEAD_AFTER_MS = 300_000;
/** A run's ULID, and what makes each attempt's folder another one. */
const OURS = /^[0-9A-HJKMNP-TV-Z]{26}-[A-Za-z0-9]{6}$/;
/** Accounts of what was read, and empty folders: nobody touches them while a program runs, and none runs longer than a day. */
const OF_PROGRAMS = /^slipway-(?:producer|empty)-[A-Za-z0-9]{6}$/;
const PROGRAM_DEAD_AFTER_MS = 2 * 86_400_000;

/**
 * An empty folder for what a step needs for a while, which holds user data as plain text: nobody else may read it, and it is gone when `work` has
 * ended, however. What earlier attempts of the run left here is removed first, as there may be no room for both.
 *
 * @throws STAGING_FULL when it cannot be made
 */
export async function withStaging<T>(root: string, run: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await makeFolder(root, run);
  const beat = setInterval(() => void utimes(folder, new Date(), new Date()).catch(() => undefined), BEAT_MS);
  try {
    return await work(folder);
  } finally {
    clearInterval(beat);
    await remove(folder);
  }
}

/** Removes what killed workers left: in the staging folder, and what programs of theirs left in the system's. Folders in use, of whichever worker, stay. */
export async function sweepStaging(root: string, temporary: string = tmpdir()): Promise<void> {
  await sweep(root, OURS, DEAD_AFTER_MS);
  await sweep(temporary, OF_PROGRAMS, PROGRAM_DEAD_AFTER_MS);
}

/** Sweeps now and again, as long as the process lives. */
export function keepSwept(root: string): void {
  void sweepStaging(root);
  setInterval(() => void sweepStaging(root), DEAD_AFTER_MS).unref();
}

async function sweep(root: string, which: RegExp, deadAfterMs: number): Promise<void> {
  for (const name of (await namesIn(root)).filter((each) => which.test(each))) {
    const touched = await lstat(join(root, name)).catch(() => undefined);
    if (touched && Date.now() - touched.mtimeMs > deadAfterMs) await remove(join(root, name));
  }
}

async function makeFolder(root: string, run: string): Promise<string> {
  try {
    await mkdir(root, { recursive: true, mode: 0o700 });
    for (const name of await namesIn(root)) if (OURS.test(name) && name.startsWith(`${run}-`)) await remove(join(root, name));
    return await mkdtemp(join(root, `${run}-`));
  } catch (cause) {
    throw new SlipwayError('STAGING_FULL', `A folder in ${root} for the files of the backup cannot be made: ${messageOf(cause)}.`, { cause });
  }
}

function namesIn(root: string): Promise<string[]> {
  return readdir(root).catch((): string[] => []);
}

/** Should it fail, the next sweep tries again. */
function remove(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true }).catch(() => undefined);
}
