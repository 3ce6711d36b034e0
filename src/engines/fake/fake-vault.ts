import type { EntryMetadata } from '../../domain/backup/manifest.js';
import type { Stored } from '../engine.js';

/** Where the snapshots of fake engines lie: several engines may open the same one. */
export interface FakeVault {
  readonly password: string;
  /** In the order in which they were stored. */
  readonly snapshots: Map<string, HeldSnapshot>;
}

export interface HeldSnapshot {
  readonly backup: string;
  readonly attempt: number;
  readonly source: string;
  readonly stored: Stored;
  readonly entries: Map<string, HeldEntry>;
}

export type HeldEntry = EntryMetadata & (
  | { readonly kind: 'file'; readonly content: Buffer }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'folder' }
);

export function createFakeVault({ password = 'open sesame' }: { readonly password?: string } = {}): FakeVault {
  return { password, snapshots: new Map() };
}

/** `flipped`: one byte of its first file that has any; `truncated`: the second half of that file; `deleted`: all of its content. */
export type FakeDamage = 'flipped' | 'truncated' | 'deleted';

export function damageSnapshot({ entries }: HeldSnapshot, kind: FakeDamage): void {
  if (kind === 'deleted') return entries.clear();
  for (const [path, entry] of entries) {
    if (entry.kind !== 'file' || entry.content.length === 0) continue;
    entries.set(path, { ...entry, content: kind === 'truncated' ? entry.content.subarray(0, entry.content.length / 2) : flipped(entry.content) });
    return;
  }
}

function flipped(content: Buffer): Buffer {
  const copy = Buffer.from(content);
  copy.writeUInt8(copy.readUInt8(0) ^ 1, 0);
  return copy;
}
