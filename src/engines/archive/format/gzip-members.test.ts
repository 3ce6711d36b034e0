import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { gunzipped, gzipMembers } from './gzip-members.js';

const MEMBER = 524_288;

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

/** Half of it can be compressed. */
const content = (length: number): Buffer => Buffer.concat([randomBytes(Math.ceil(length / 2)), Buffer.alloc(Math.floor(length / 2), 'text ')]);

describe('gzip in members', () => {
  it('comes back, however what is compressed is cut', () => fc.assert(fc.asyncProperty(
    fc.integer({ min: 1, max: 4 * MEMBER }), fc.integer({ min: 100, max: 1_000_000 }), fc.integer({ min: 1_000, max: 100_000 }),
    async (length, cut, cutAgain) => {
      const plain = content(length);
      const compressed = await joined(gzipMembers(pieces(plain, cut)));
      expect((await joined(gunzipped(pieces(compressed, cutAgain)))).equals(plain)).toBe(true);
    },
  ), { numRuns: 25 }), 60_000);

  it('comes back when it is cut exactly between two members', async () => {
    const plain = content(3 * MEMBER);
    expect((await joined(gunzipped(gzipMembers(pieces(plain, MEMBER))))).equals(plain)).toBe(true);
  });

  it('is one file to gzip', async () => {
    const plain = content(3 * MEMBER + 5);
    const { stdout, status } = spawnSync('gzip', ['-dc'], { input: await joined(gzipMembers(pieces(plain, 77_777))), maxBuffer: 10 * MEMBER });
    expect({ status, same: stdout.equals(plain) }).toEqual({ status: 0, same: true });
  });

  it('passes an error of its source on, both ways', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield content(MEMBER);
      throw new Error('broke off');
    }
    await expect(joined(gzipMembers(failing()))).rejects.toThrow('broke off');
    await expect(joined(gunzipped(failing()))).rejects.toThrow();
  });
});
