import { createReadStream } from 'node:fs';
import { type Extract, extract, type Header } from 'tar-stream';
import { isSlipwayError, messageOf } from '../../../domain/errors.js';
import { errnoOf } from '../../../net/errno.js';
import { repositoryFault } from '../repository/faults.js';
import { BrokenArchive } from './broken-archive.js';
import { gunzipped } from './gzip-members.js';
import { MANIFEST, STREAM, TREE } from './layout.js';
import { safePath, unsafePath } from './safe-path.js';
import { unseal } from './seal.js';
import { metadataOf, type TarMetadata } from '../../tar-metadata.js';
import { bytesOf, drained } from './tar-streams.js';

/** One entry of an archive, whose names are known to be harmless. Its body must be read, to its end, before the next is asked for. */
export interface ArchiveEntry {
  /** As it stands in the archive. */
  readonly name: string;
  readonly place: typeof TREE | typeof STREAM | typeof MANIFEST;
  readonly kind: 'file' | 'link' | 'folder';
  /** Below its place. */
  readonly path: string;
  /** Of a link; may be anything. */
  readonly target: string;
  readonly metadata: TarMetadata;
  readonly bytes: number;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface ReadOptions {
  readonly identities: readonly string[];
  /** Sees the archive's own bytes as they are read from the disk. */
  readonly onBytes: (chunk: Uint8Array) => void;
}

const READ_BYTES = 1_048_576;
const KINDS: Readonly<Partial<Record<string, ArchiveEntry['kind']>>> = { file: 'file', 'contiguous-file': 'file', symlink: 'link', directory: 'folder' };

/** @throws BrokenArchive, UNSAFE_PATH, REPOSITORY_UNREACHABLE */
export async function* readArchive(path: string, options: ReadOptions): AsyncGenerator<ArchiveEntry> {
  const tar = extract();
  const fed = feed(tar, gunzipped(unseal(watched(createReadStream(path, { highWaterMark: READ_BYTES }), options.onBytes), options.identities)));
  try {
    for await (const entry of tar) {
      const known = entryOf({ header: entry.header, body: entry });
      // Only a file has a body; whoever gave one to another kind must not stop the reading.
      if (known.kind !== 'file') entry.resume();
      yield known;
    }
    await fed;
  } catch (error) {
    throw faultOf(error);
  } finally {
    tar.destroy();
    await fed;
  }
}

/** Ends with the archive's error, if there is one, as that of the reading side. Never rejects. */
async function feed(tar: Extract, plain: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const chunk of plain) {
      if (tar.destroyed) return;
      if (!tar.write(chunk)) await drained(tar);
    }
    tar.end(undefined);
  } catch (error) {
    tar.destroy(error instanceof Error ? error : new BrokenArchive(String(error)));
  }
}

async function* watched(source: AsyncIterable<Uint8Array>, onBytes: (chunk: Uint8Array) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    onBytes(chunk);
    yield chunk;
  }
}

function entryOf({ header, body }: { readonly header: Header; readonly body: AsyncIterable<unknown> }): ArchiveEntry {
  const kind = KINDS[header.type];
  const name = header.name.endsWith('/') ? header.name.slice(0, -1) : header.name;
  if (kind === undefined) throw unsafePath(`${name} (${header.type})`);
  const { place, path } = placeOf(name);
  if (place !== TREE && kind !== 'file') throw unsafePath(name);
  return { name, place, path, kind, target: header.linkname ?? '', metadata: metadataOf(header), bytes: header.size, body: bytesOf(body) };
}

function placeOf(name: string): Pick<ArchiveEntry, 'place' | 'path'> {
  if (name === MANIFEST) return { place: MANIFEST, path: name };
  const slash = name.indexOf('/');
  const place = name.slice(0, Math.max(0, slash));
  if (place !== TREE && place !== STREAM) throw unsafePath(name);
  const path = safePath(name.slice(slash + 1));
  if (place === STREAM && path.includes('/')) throw unsafePath(name);
  return { place, path };
}

/** Whatever the layers of an archive complain about is damage of it; what the disk says is the repository's. */
function faultOf(error: unknown): unknown {
  if (error instanceof BrokenArchive || isSlipwayError(error)) return error;
  if (errnoOf(error) === 'EIO') return new BrokenArchive(`the disk cannot read it: ${messageOf(error)}`, { cause: error });
  return errnoOf(error) === undefined ? new BrokenArchive(`what is inside cannot be read: ${messageOf(error)}`, { cause: error }) : repositoryFault(error);
}
