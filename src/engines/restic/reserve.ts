import { randomBytes } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../../domain/errors.js';
import { writeDurably } from '../durable-files.js';

/** In the repository's folder; restic passes it over. */
const NAME = 'slipway-reserve';
/** For a lock and the indexes that a prune writes before it deletes anything. Random, as zeros take no room on some disks. */
const BYTES = 8 * 1_048_576;

/** Keeps some room for the day when the disk is full: without any, restic can delete nothing. As well as it can. */
export async function keepReserve(folder: string): Promise<void> {
  const path = join(folder, NAME);
  if ((await stat(path).catch(() => undefined))?.size === BYTES) return;
  await writeDurably(path, randomBytes(BYTES)).catch(() => giveReserve(folder));
}

async function giveReserve(folder: string): Promise<void> {
  await rm(join(folder, NAME), { force: true }).catch(() => undefined);
}

/** Does what makes room, and where there is too little even for that, once more with what was kept for it. */
export async function spendingReserve(folder: string | undefined, makeRoom: (room: 'as usual' | 'little') => Promise<void>): Promise<void> {
  try {
    await makeRoom('as usual');
  } catch (error) {
    if (codeOf(error) !== 'REPOSITORY_FULL') throw error;
    if (folder !== undefined) await giveReserve(folder);
    await makeRoom('little');
  }
}
