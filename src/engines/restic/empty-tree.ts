import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '../../domain/backup/manifest.js';

/** Stands for all that an empty folder holds, as restic makes no snapshot of nothing. */
export const EMPTY_MARK = '.slipway-empty-folder';

export function isEmptyTree({ files }: Manifest): boolean {
  return Object.keys(files).length === 0;
}

/** Lends a folder that holds nothing but the mark. */
export async function withMarkedFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-empty-'));
  try {
    await mkdir(join(folder, EMPTY_MARK));
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
