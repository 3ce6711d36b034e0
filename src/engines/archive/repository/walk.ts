import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { belongsTo, type BackupFiles } from '../format/layout.js';
import { inRepository } from './faults.js';

/** Which files of each backup are there, by snapshot, in the order of their names. Files of others are not seen. */
export async function walkRepository(folder: string): Promise<ReadonlyMap<string, ReadonlySet<keyof BackupFiles>>> {
  const entries = await inRepository(() => readdir(folder, { recursive: true, withFileTypes: true }));
  const found = new Map<string, Set<keyof BackupFiles>>();
  for (const entry of entries) {
    const file = entry.isFile() ? belongsTo(relative(folder, join(entry.parentPath, entry.name))) : undefined;
    if (file) found.set(file.snapshot, (found.get(file.snapshot) ?? new Set()).add(file.as));
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}
