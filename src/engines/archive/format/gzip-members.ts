import { availableParallelism } from 'node:os';
import { pipeline, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createGunzip, gzip } from 'node:zlib';
import { inChunks } from './in-chunks.js';

const MEMBER_BYTES = 524_288;
const READ_BYTES = 262_144;
/** One thread of the pool of four is left to the files. */
const MOST_AT_ONCE = 3;

const compress = promisify(gzip);

/** Compresses on more than one core: a gzip file may be several, one behind the other, and `gzip -d` gives them back as one. */
export async function* gzipMembers(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const atOnce = Math.min(MOST_AT_ONCE, availableParallelism() + 1);
  const running: Promise<Buffer>[] = [];
  for await (const block of inChunks(source, MEMBER_BYTES)) {
    running.push(compress(block, { level: 1, chunkSize: MEMBER_BYTES }));
    if (running.length >= atOnce) yield await (running.shift() ?? Buffer.alloc(0));
  }
  for (const member of running) yield await member;
}

export function gunzipped(source: AsyncIterable<Uint8Array>): AsyncIterable<Buffer> {
  // An error of either ends the reading below with it.
  return pipeline(Readable.from(source, { objectMode: true }), createGunzip({ chunkSize: READ_BYTES }), () => undefined);
}
