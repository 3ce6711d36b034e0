import { chmod, lchown, lutimes, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { secondsText } from '../tar-metadata.js';
import type { HeldEntry } from './fake-vault.js';

/** Brings held entries back as files: what is known of them last, and of folders after what is in them. */
export async function writeEntries(entries: ReadonlyMap<string, HeldEntry>, folder: string): Promise<void> {
  for (const [path, entry] of entries) {
    const full = join(folder, path);
    await mkdir(entry.kind === 'folder' ? full : dirname(full), { recursive: true });
    if (entry.kind === 'link') await symlink(entry.target, full);
    if (entry.kind === 'file') await writeFile(full, entry.content);
  }
  for (const [path, entry] of [...entries].sort(([a], [b]) => (a > b ? -1 : 1))) await describe(join(folder, path), entry);
}

async function describe(place: string, { kind, mode, owner, modifiedNs }: HeldEntry): Promise<void> {
  const [uid, gid] = (owner ?? '').split(':').map(Number);
  if (uid !== undefined && gid !== undefined && process.getuid?.() === 0) await lchown(place, uid, gid);
  if (mode !== undefined && kind !== 'link') await chmod(place, mode);
  if (modifiedNs !== undefined) await lutimes(place, secondsText(BigInt(modifiedNs)), secondsText(BigInt(modifiedNs)));
}
