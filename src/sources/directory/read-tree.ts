import { join } from 'node:path';
import type { Fingerprint, FingerprintItem } from '../../domain/backup/fingerprint.js';
import type { Manifest, ManifestEntry } from '../../domain/backup/manifest.js';
import { SlipwayError } from '../../domain/errors.js';
import { hashFile } from '../files/hash-file.js';
import { shown, stillThere, type TreeEntry, walkTree } from './walk-tree.js';

/** Enough for two disks and a processor; each holds one buffer. */
const READERS = 4;
const BUFFER_BYTES = 1_048_576;
const TELL_EVERY_MS = 1_000;

type FileEntry = Extract<TreeEntry, { kind: 'file' }>;

export interface ReadTree {
  readonly entries: readonly TreeEntry[];
  readonly fingerprint: Fingerprint;
  readonly manifest: Manifest;
}

export interface Reading {
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

/**
 * Reads every file below `root` once. Memory grows with the number of names, not with bytes.
 *
 * @throws SOURCE_CHANGED, SOURCE_UNSUPPORTED
 */
export async function readTree(root: string, { signal, progress }: Reading): Promise<ReadTree> {
  const entries = await walkTree(root, signal);
  const files = entries.filter((entry) => entry.kind === 'file');
  const sums = await hashAll(root, files, { signal, progress });
  const listed = entries.filter(({ path }) => path !== '');
  return {
    entries,
    fingerprint: { items: Object.fromEntries(listed.map((entry): [string, FingerprintItem] => [entry.path, itemOf(entry, sums)])), about: countKinds(listed) },
    manifest: { files: Object.fromEntries(listed.map((entry): [string, ManifestEntry] => [entry.path, manifestEntryOf(entry, sums)])) },
  };
}

/** @throws SOURCE_CHANGED when anything is not as it was when it was read */
export async function requireUnchanged(root: string, before: readonly TreeEntry[], signal: AbortSignal): Promise<void> {
  const now = await walkTree(root, signal);
  const paths = new Map(now.map((entry) => [entry.path, entry]));
  for (const entry of before) {
    const found = paths.get(entry.path);
    if (!found || found.kind !== entry.kind || found.state !== entry.state) throw changed(entry.path);
  }
  // What is new changes its folder, too; but a clock that stands still would hide it.
  const known = new Set(before.map(({ path }) => path));
  const added = now.find(({ path }) => !known.has(path));
  if (added) throw changed(added.path);
}

async function hashAll(root: string, files: readonly FileEntry[], { signal, progress }: Reading): Promise<ReadonlyMap<string, string>> {
  const sums = new Map<string, string>();
  const left = files.values();
  let bytes = 0;
  let toldAt = performance.now();
  const read = async () => {
    const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
    for (const file of left) {
      const result = await stillThere(file.path, () => hashFile(join(root, file.path), { signal, buffer }));
      if (file.state !== result.before || result.before !== result.after || result.bytes !== file.bytes) throw changed(file.path);
      sums.set(file.path, result.sha256);
      bytes += result.bytes;
      if (performance.now() - toldAt < TELL_EVERY_MS) continue;
      toldAt = performance.now();
      progress(`read ${sums.size} of ${files.length} files, ${Math.round(bytes / 1_048_576)} MiB`);
    }
  };
  const settled = await Promise.allSettled(Array.from({ length: READERS }, read));
  const failed = settled.find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
  return sums;
}

/** Times are no part of what is proven: they tell nobody what is in a file, nor who may read it. */
function itemOf(entry: TreeEntry, sums: ReadonlyMap<string, string>): FingerprintItem {
  if (entry.kind === 'link') return { kind: 'link', count: null, sum: entry.target };
  const { modifiedNs: _, ...access } = entry.metadata;
  return entry.kind === 'file' ? { kind: 'file', count: String(entry.bytes), sum: sums.get(entry.path) ?? null, ...access } : { kind: 'folder', count: null, sum: null, ...access };
}

function manifestEntryOf(entry: TreeEntry, sums: ReadonlyMap<string, string>): ManifestEntry {
  if (entry.kind === 'file') return { kind: 'file', bytes: entry.bytes, sha256: sums.get(entry.path) ?? '', ...entry.metadata };
  return entry.kind === 'link' ? { kind: 'link', target: entry.target, ...entry.metadata } : { kind: 'folder', ...entry.metadata };
}

function countKinds(entries: readonly TreeEntry[]): { files: number; folders: number; links: number } {
  const count = (kind: TreeEntry['kind']) => entries.filter((entry) => entry.kind === kind).length;
  return { files: count('file'), folders: count('folder'), links: count('link') };
}

function changed(path: string): SlipwayError {
  return new SlipwayError('SOURCE_CHANGED', `${path === '' ? 'The folder itself' : shown(path)} changed while it was read.`);
}
