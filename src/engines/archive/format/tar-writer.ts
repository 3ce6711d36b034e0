import { type Header, type Pack, pack } from 'tar-stream';
import { SlipwayError } from '../../../domain/errors.js';
import { secondsText, type TarMetadata } from '../../tar-metadata.js';
import { bytesOf, drained } from './tar-streams.js';

/** Entries in the order they are to have, one after the other. */
export interface TarWriter {
  folder(path: string, meta: TarMetadata): Promise<void>;
  link(path: string, target: string, meta: TarMetadata): Promise<void>;
  /** @throws when `content` is not of `bytes` length */
  file(path: string, bytes: number, content: AsyncIterable<Uint8Array>, meta: TarMetadata): Promise<void>;
}

const LARGEST_ID = 0o777777;
const LAST_SECOND = 2 ** 31 - 1;
const PERMISSIONS = 0o7777;
/** The type bit of a plain file. The library takes a mode of 0 for none and writes another one; bits above the permissions it leaves out. */
const SOME_MODE = 0o100000;

/** A tar archive that `fill` writes while it is read. An error of `fill` is the reader's. */
export async function* tarOf(fill: (writer: TarWriter) => Promise<void>): AsyncGenerator<Uint8Array> {
  const archive = pack();
  // It comes to the reader by the iteration as well.
  archive.on('error', () => undefined);
  let failure: { readonly error: unknown } | undefined;
  const filled = fill(writerOf(archive)).then(() => archive.finalize(), (error: unknown) => {
    failure = { error };
    archive.destroy(asError(error));
  });
  try {
    yield* bytesOf(archive);
    await filled;
  } finally {
    archive.destroy();
  }
  if (failure) throw failure.error;
}

function writerOf(archive: Pack): TarWriter {
  return {
    folder: (path, meta) => added(archive, { ...headersOf(`${path}/`, meta), type: 'directory' }),
    link: (path, target, meta) => added(archive, { ...headersOf(path, meta), type: 'symlink', linkname: target }),
    async file(path, bytes, content, meta) {
      let entry: ReturnType<Pack['entry']> | undefined;
      const ended = new Promise<void>((resolve, reject) => {
        entry = archive.entry({ ...headersOf(path, meta), type: 'file', size: bytes }, (error) => (error ? reject(error) : resolve()));
      });
      // Both are told by `ended`, which is read only after the content has ended.
      ended.catch(() => undefined);
      entry?.on('error', () => undefined);
      for await (const chunk of content) {
        if (entry?.write(chunk) === false) await drained(entry);
        if (entry?.destroyed) break;
      }
      entry?.end(undefined);
      await ended;
    },
  };
}

function added(archive: Pack, headers: Partial<Header> & Pick<Header, 'name'>): Promise<void> {
  return new Promise((resolve, reject) => {
    archive.entry(headers, (error) => (error ? reject(error) : resolve()));
  });
}

/** Times to the nanosecond, and ids and dates that the plain header has no room for, go into the extended one, which every tar of this century reads. */
function headersOf(name: string, { mode, uid, gid, modifiedNs }: TarMetadata): Partial<Header> & Pick<Header, 'name'> {
  const seconds = Math.min(LAST_SECOND, Math.max(0, Number(modifiedNs / 1_000_000_000n)));
  const large = { ...(uid > LARGEST_ID ? { uid: String(uid) } : {}), ...(gid > LARGEST_ID ? { gid: String(gid) } : {}) };
  return {
    name, mode: SOME_MODE | (mode & PERMISSIONS), uid: Math.min(uid, LARGEST_ID), gid: Math.min(gid, LARGEST_ID), mtime: new Date(seconds * 1_000),
    pax: { mtime: secondsText(modifiedNs), ...large },
  };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new SlipwayError('ENGINE_FAILED', String(error));
}
