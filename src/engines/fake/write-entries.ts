import { chmod, mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { HeldEntry } from './fake-vault.js';

/** Brings held entries back as files. */
export async function writeEntries(entries: ReadonlyMap<string, HeldEntry>, folder: string): Promise<void> {
  for (const [path, entry] of entries) {
    const full = join(folder, path);
    await mkdir(entry.kind === 'folder' ? full : dirname(full), { recursive: true });
    if (entry.kind === 'link') await symlink(entry.target, full);
    if (entry.kind !== 'file') continue;
    await writeFile(full, entry.content);
    await chmod(full, entry.mode);
    await utimes(full, entry.modifiedMs / 1_000, entry.modifiedMs / 1_000);
  }
}
