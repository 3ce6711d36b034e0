import { createHash } from 'node:crypto';
import type { Manifest, ManifestEntry } from '../../domain/backup/manifest.js';
import type { HeldEntry } from './fake-vault.js';

/** What a manifest says of an entry. */
export function seenOf(entry: HeldEntry): ManifestEntry {
  if (entry.kind !== 'file') return entry;
  const { content, ...known } = entry;
  return { ...known, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}

export function manifestFrom(entries: ReadonlyMap<string, HeldEntry>): Manifest {
  return { files: Object.fromEntries([...entries].map(([path, entry]) => [path, seenOf(entry)])) };
}
