import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { extract, type Header } from 'tar-stream';
import type { EntryMetadata } from '../../domain/backup/manifest.js';
import { EMPTY_MARK } from './empty-tree.js';
import type { ManifestComparison, Seen } from '../manifest-comparison.js';
import { metadataOf, recordedMetadata } from '../tar-metadata.js';

/** How far a reading has come. */
export interface Reading {
  /** Of content. */
  bytes: number;
  /** The entry that is being read; null between two and at the end. */
  current: string | null;
}

type Saw = ManifestComparison['saw'];

export async function hashFile(stream: Readable, reading: Reading, file: string, saw: Saw): Promise<void> {
  reading.current = file;
  saw(file, await hashed(stream, reading));
  reading.current = null;
}

/** @throws when the tar ends too early or is none */
export async function hashTar(stream: Readable, reading: Reading, saw: Saw): Promise<void> {
  const entries = extract();
  stream.on('error', (error) => entries.destroy(error));
  stream.pipe(entries);
  for await (const entry of entries) {
    const { header } = entry;
    reading.current = pathOf(header.name);
    const seen = header.type === 'file' ? await hashed(entry, reading) : otherThanFile(header);
    entry.resume();
    if (reading.current !== EMPTY_MARK) saw(reading.current, { ...accessOf(header), ...seen });
    reading.current = null;
  }
}

async function hashed(content: AsyncIterable<unknown>, reading: Reading): Promise<Seen> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of content) {
    // Neither stream has an encoding: both give buffers.
    const buffer = chunk as Buffer;
    hash.update(buffer);
    bytes += buffer.length;
    reading.bytes += buffer.length;
  }
  return { kind: 'file', bytes, sha256: hash.digest('hex') };
}

function otherThanFile({ type, linkname }: Header): Seen {
  if (type === 'directory') return { kind: 'folder' };
  if (type === 'symlink') return { kind: 'link', target: linkname ?? '' };
  return { kind: 'other', what: type ?? 'thing' };
}

/** Without the time, which restic rounds to seconds in a tar. What it keeps of it is compared when it is stored. */
function accessOf(header: Header): Pick<EntryMetadata, 'mode' | 'owner'> {
  const { mode, owner } = recordedMetadata(metadataOf(header));
  return { mode, owner };
}

/** As in a manifest: without `/` at either end. */
function pathOf(name: string): string {
  return name.replace(/^\/+|\/+$/g, '');
}
