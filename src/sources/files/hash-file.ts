import { createHash } from 'node:crypto';
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

const CHUNK_BYTES = 1_048_576;

/** What of a file may not change while it is read, as one text: there may be very many. */
export type FileState = string;

/** SHA-256 and length of a file that is no link, and its state before and after, for whoever wants to know that they are the same. */
export async function hashFile(path: string, { signal, buffer = Buffer.allocUnsafe(CHUNK_BYTES) }: { signal: AbortSignal; buffer?: Buffer }): Promise<{ sha256: string; bytes: number; before: FileState; after: FileState }> {
  // What has become a pipe meanwhile must not be waited for.
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const before = await file.stat({ bigint: true });
    const { sha256, bytes } = await hash(file, signal, buffer);
    return { sha256, bytes, before: stateOf(before), after: stateOf(await file.stat({ bigint: true })) };
  } finally {
    await file.close();
  }
}

export function stateOf({ size, mtimeNs, ctimeNs, ino, dev }: BigIntStats): FileState {
  return [size, mtimeNs, ctimeNs, ino, dev].map((part) => part.toString(36)).join(' ');
}

async function hash(file: FileHandle, signal: AbortSignal, buffer: Buffer): Promise<{ sha256: string; bytes: number }> {
  const sum = createHash('sha256');
  let bytes = 0;
  for (;;) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) return { sha256: sum.digest('hex'), bytes };
    sum.update(buffer.subarray(0, bytesRead));
    bytes += bytesRead;
  }
}
