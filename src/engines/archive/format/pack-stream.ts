import { createHash } from 'node:crypto';
import type { ManifestEntry } from '../../../domain/backup/manifest.js';
import { SlipwayError } from '../../../domain/errors.js';
import type { Content } from '../../engine.js';
import { inBuffer } from './in-chunks.js';
import { partName, STREAM, STREAM_PART_BYTES } from './layout.js';
import { manifestLine } from './manifest-text.js';
import { outputOf } from './producer.js';
import { safePath, unsafePath } from './safe-path.js';
import type { TarMetadata } from '../../tar-metadata.js';
import type { TarWriter } from './tar-writer.js';

type Stream = Extract<Content, { kind: 'stream' }>;

/** What a stream was, told when it has ended. */
export interface StreamSums {
  readonly entry: Extract<ManifestEntry, { kind: 'file' }>;
  /** Of `MANIFEST.sha256`: one for each part. */
  readonly lines: readonly string[];
}

/**
 * Writes the output of a program in parts, as a tar wants to know each length before. Joined in their order they are the output.
 *
 * @throws PRODUCER_FAILED also when there was no output at all, PROGRAM_MISSING
 */
export async function packStream(tar: TarWriter, { name, command, env }: Stream, onBytes: (bytes: number) => void): Promise<StreamSums> {
  if (safePath(name).includes('/')) throw unsafePath(name);
  const whole = createHash('sha256');
  const lines: string[] = [];
  let bytes = 0;
  for await (const part of inBuffer(counted(outputOf(command, env), onBytes), Buffer.allocUnsafe(STREAM_PART_BYTES))) {
    whole.update(part);
    bytes += part.length;
    const path = `${STREAM}/${partName(name, lines.length + 1)}`;
    lines.push(manifestLine(path, createHash('sha256').update(part).digest('hex')));
    await tar.file(path, part.length, slices(part), ownMeta());
  }
  if (lines.length === 0) throw new SlipwayError('PRODUCER_FAILED', `${command[0]} ended well but wrote nothing, which no backup of anything would.`);
  return { entry: { kind: 'file', bytes, sha256: whole.digest('hex') }, lines };
}

/** As they come, not part by part: whoever watches a slow program sees it move. */
async function* counted(output: AsyncIterable<Buffer>, onBytes: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of output) {
    onBytes(chunk.length);
    yield chunk;
  }
}

const SLICE_BYTES = 262_144;

/** Copies, as what is behind may hold some of them still when the next part is read into the same memory. */
async function* slices(part: Buffer): AsyncGenerator<Buffer> {
  for (let start = 0; start < part.length; start += SLICE_BYTES) yield Buffer.from(part.subarray(start, start + SLICE_BYTES));
}

/** Of files that were none before: readable by whoever unpacks them. */
export function ownMeta(): TarMetadata {
  return { mode: 0o600, uid: 0, gid: 0, modifiedNs: BigInt(Date.now()) * 1_000_000n };
}
