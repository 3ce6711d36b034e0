import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readlink } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Manifest, ManifestEntry } from '../../../domain/backup/manifest.js';
import { messageOf, SlipwayError } from '../../../domain/errors.js';
import { errnoOf } from '../../../net/errno.js';
import { TREE } from './layout.js';
import { manifestLine } from './manifest-text.js';
import { metadataDifference } from '../../manifest-comparison.js';
import { recordedMetadata, type TarMetadata } from '../../tar-metadata.js';
import { safePath } from './safe-path.js';
import type { TarWriter } from './tar-writer.js';

const READ_BYTES = 262_144;
/** A link in the place of a file is not followed, and a pipe that nobody writes to does not hold up the opening. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const GONE: readonly (string | undefined)[] = ['ENOENT', 'ENOTDIR', 'ELOOP', 'EINVAL'];
const REFUSED: readonly (string | undefined)[] = ['EACCES', 'EPERM'];

/**
 * Writes what the manifest names as it stands in `root`.
 *
 * @returns the lines of `MANIFEST.sha256`
 * @throws SOURCE_CHANGED when something is not what the manifest says, SOURCE_UNSUPPORTED, SOURCE_REFUSED
 */
export async function packTree(tar: TarWriter, root: string, manifest: Manifest, onBytes: (bytes: number) => void): Promise<string[]> {
  const lines: string[] = [];
  for (const [path, entry] of Object.entries(manifest.files).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const name = `${TREE}/${safePath(path)}`;
    await reading(path, () => packEntry(tar, { name, path, place: join(root, path), entry, onBytes }));
    if (entry.kind === 'file') lines.push(manifestLine(name, entry.sha256));
  }
  return lines;
}

interface Place<E extends ManifestEntry = ManifestEntry> {
  /** In the archive. */
  readonly name: string;
  /** As the manifest says. */
  readonly path: string;
  readonly place: string;
  readonly entry: E;
  readonly onBytes: (bytes: number) => void;
}

async function packEntry(tar: TarWriter, { entry, ...at }: Place): Promise<void> {
  if (entry.kind === 'file') return packFile(tar, { ...at, entry });
  const stats = await lstat(at.place, { bigint: true });
  refuseSpecial(at.path, stats);
  if (entry.kind === 'folder') {
    if (!stats.isDirectory()) throw changed(at.path, 'is no folder any more');
    return tar.folder(at.name, metadataOf(at.path, entry, stats));
  }
  if (!stats.isSymbolicLink() || (await readlink(at.place)) !== entry.target) throw changed(at.path, `is no link to ${entry.target} any more`);
  return tar.link(at.name, entry.target, metadataOf(at.path, entry, stats));
}

async function packFile(tar: TarWriter, { name, path, place, entry, onBytes }: Place<Extract<ManifestEntry, { kind: 'file' }>>): Promise<void> {
  const file = await open(place, FLAGS).catch(async (error: unknown) => {
    // A socket cannot even be opened.
    refuseSpecial(path, await lstat(place, { bigint: true }));
    throw error;
  });
  try {
    const stats = await file.stat({ bigint: true });
    refuseSpecial(path, stats);
    if (!stats.isFile()) throw changed(path, 'is no file any more');
    if (stats.size !== BigInt(entry.bytes)) throw changed(path, `has ${stats.size} bytes, there were ${entry.bytes}`);
    await tar.file(name, entry.bytes, contentOf(file, path, entry, onBytes), metadataOf(path, entry, stats));
  } finally {
    await file.close();
  }
}

/** Ends before the tar's entry does when the content is not what it was: nothing is stored then. */
async function* contentOf(file: FileHandle, path: string, { bytes, sha256 }: { readonly bytes: number; readonly sha256: string }, onBytes: (bytes: number) => void): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  for (let left = bytes; left > 0;) {
    const buffer = Buffer.allocUnsafe(Math.min(left, READ_BYTES));
    const { bytesRead } = await file.read(buffer, 0, buffer.length);
    if (bytesRead === 0) throw changed(path, `ended ${left} bytes early`);
    const chunk = buffer.subarray(0, bytesRead);
    hash.update(chunk);
    onBytes(bytesRead);
    left -= bytesRead;
    yield chunk;
  }
  if ((await file.read(Buffer.alloc(1), 0, 1)).bytesRead > 0) throw changed(path, `grew beyond ${bytes} bytes`);
  if (hash.digest('hex') !== sha256) throw changed(path, 'has another content');
}

async function reading(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const code = errnoOf(error);
    if (GONE.includes(code)) throw changed(path, `is not there any more: ${messageOf(error)}`);
    if (REFUSED.includes(code)) throw new SlipwayError('SOURCE_REFUSED', `${path} cannot be read: ${messageOf(error)}.`, { cause: error });
    if (code !== undefined) throw new SlipwayError('SOURCE_UNREACHABLE', `${path} cannot be read: ${messageOf(error)}.`, { cause: error });
    throw error;
  }
}

interface Kinds {
  isSocket(): boolean;
  isFIFO(): boolean;
  isBlockDevice(): boolean;
  isCharacterDevice(): boolean;
}

function refuseSpecial(path: string, stats: Kinds): void {
  if (!(stats.isSocket() || stats.isFIFO() || stats.isBlockDevice() || stats.isCharacterDevice())) return;
  throw new SlipwayError('SOURCE_UNSUPPORTED', `${path} is a socket, pipe or device, which has no content to be backed up.`);
}

function changed(path: string, how: string): SlipwayError {
  return new SlipwayError('SOURCE_CHANGED', `${path} ${how}. Nothing was stored.`);
}

interface Stats {
  readonly mode: bigint;
  readonly uid: bigint;
  readonly gid: bigint;
  readonly mtimeNs: bigint;
}

/** @throws SOURCE_CHANGED when it is not what the manifest says */
function metadataOf(path: string, entry: ManifestEntry, { mode, uid, gid, mtimeNs }: Stats): TarMetadata {
  const found: TarMetadata = { mode: Number(mode), uid: Number(uid), gid: Number(gid), modifiedNs: mtimeNs };
  const difference = metadataDifference(entry, recordedMetadata(found));
  if (difference !== undefined) throw changed(path, `has ${difference}`);
  return found;
}
