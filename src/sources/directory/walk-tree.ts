import { type BigIntStats, type Dirent } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { EntryMetadata } from '../../domain/backup/manifest.js';
import { SlipwayError } from '../../domain/errors.js';
import { errnoOf } from '../../net/errno.js';
import { type FileState, stateOf } from '../files/hash-file.js';

/** One thing in a folder, at any depth. */
export type TreeEntry = { readonly path: string; readonly state: FileState; readonly metadata: EntryMetadata } & (
  | { readonly kind: 'file'; readonly bytes: number }
  | { readonly kind: 'folder' }
  | { readonly kind: 'link'; readonly target: string }
);

/**
 * Everything below `root`, sorted by path, links as they are and never followed. The first entry is the root, with an empty path.
 *
 * @throws SOURCE_CHANGED for what vanishes meanwhile, SOURCE_UNSUPPORTED for what is neither file, folder nor link, and for names that are no UTF-8
 */
export async function walkTree(root: string, signal: AbortSignal): Promise<readonly TreeEntry[]> {
  const stat = await lstat(root, { bigint: true });
  const entries: TreeEntry[] = [{ path: '', kind: 'folder', state: stateOf(stat), metadata: metadataOf(stat) }];
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    signal.throwIfAborted();
    for (const name of await namesIn(root, folder)) {
      const path = folder === '' ? name : `${folder}/${name}`;
      const entry = await stillThere(path, () => readEntry(root, path));
      entries.push(entry);
      if (entry.kind === 'folder') folders.push(path);
    }
  }
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** @throws SOURCE_CHANGED when what was there a moment ago no longer is */
export async function stillThere<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'].includes(errnoOf(error) ?? '')) throw error;
    throw new SlipwayError('SOURCE_CHANGED', `${shown(path)} vanished or became something else while it was read.`, { cause: error });
  }
}

async function namesIn(root: string, folder: string): Promise<string[]> {
  const names: readonly Buffer[] = await stillThere(folder, async () => (await readdir(join(root, folder), { encoding: 'buffer', withFileTypes: true })).map(({ name }: Dirent<Buffer>) => name));
  return names.map((name) => utf8(name, () => `The name of ${shown(join(folder, name.toString('latin1')))}`));
}

async function readEntry(root: string, path: string): Promise<TreeEntry> {
  const stat = await lstat(join(root, path), { bigint: true });
  const known = { path, state: stateOf(stat), metadata: metadataOf(stat) };
  if (stat.isFile()) return { ...known, kind: 'file', bytes: Number(stat.size) };
  if (stat.isDirectory()) return { ...known, kind: 'folder' };
  if (!stat.isSymbolicLink()) throw new SlipwayError('SOURCE_UNSUPPORTED', `${shown(path)} is ${kindWord(stat)}: it is neither a file, a folder nor a link.`);
  const target = await readlink(join(root, path), { encoding: 'buffer' });
  return { ...known, kind: 'link', target: utf8(target, () => `What the link ${shown(path)} says`) };
}

/** Owners are brought back by root alone, so they mean something to root alone. The mode of a link means nothing to anybody. */
function metadataOf(stat: BigIntStats): EntryMetadata {
  return {
    ...(!stat.isSymbolicLink() && { mode: (stat.mode & 0o7777n).toString(8).padStart(4, '0') }),
    ...(process.getuid?.() === 0 && { owner: `${stat.uid}:${stat.gid}` }),
    modifiedNs: String(stat.mtimeNs),
  };
}

/** What is no UTF-8 would come back under another name. */
function utf8(bytes: Buffer, what: () => string): string {
  const text = bytes.toString('utf8');
  if (Buffer.from(text, 'utf8').equals(bytes)) return text;
  throw new SlipwayError('SOURCE_UNSUPPORTED', `${what()} is no UTF-8, so it could not be brought back as it is.`);
}

function kindWord(stat: BigIntStats): string {
  if (stat.isSocket()) return 'a socket';
  if (stat.isFIFO()) return 'a pipe';
  return stat.isBlockDevice() || stat.isCharacterDevice() ? 'a device' : 'of an unknown kind';
}

/** Names may hold line breaks. */
export function shown(path: string): string {
  return JSON.stringify(path.slice(0, 500));
}
