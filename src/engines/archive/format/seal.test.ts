import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { identityToRecipient } from 'age-encryption';
import fc from 'fast-check';
import { whenInstalled } from '../../../../test/support/programs.js';
import { newIdentity } from '../new-identity.js';
import { BrokenArchive } from './broken-archive.js';
import { seal, unseal } from './seal.js';

const CHUNK = 65_536;
const SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 200_000];

let folder: string;
let identity: string;
let recipient: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-seal-'));
  identity = await newIdentity();
  recipient = await identityToRecipient(identity);
  writeFileSync(join(folder, 'key'), `# a comment\n${identity}\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

const sealed = (plain: Uint8Array, size = 10_000): Promise<Buffer> => joined(seal(pieces(plain, size), [recipient]));
const opened = (bytes: Uint8Array, size = 10_000): Promise<Buffer> => joined(unseal(pieces(bytes, size), [identity]));

whenInstalled(['age'], () => {
  describe('what is sealed', () => {
    it.each(SIZES)('is opened by age: %d bytes', async (size) => {
      const plain = randomBytes(size);
      const { stdout, status } = spawnSync('age', ['--decrypt', '--identity', join(folder, 'key')], { input: await sealed(plain) });
      expect({ status, same: stdout.equals(plain) }).toEqual({ status: 0, same: true });
    });

    it.each(SIZES)('by age is opened here: %d bytes', async (size) => {
      const plain = randomBytes(size);
      const { stdout } = spawnSync('age', ['--encrypt', '--recipient', recipient], { input: plain });
      expect((await opened(stdout)).equals(plain)).toBe(true);
    });
  });
});

describe('a sealed file', () => {
  it('comes back whatever its length and however it is cut', () => fc.assert(fc.asyncProperty(
    fc.integer({ min: 0, max: 3 * CHUNK }), fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 100_000 }),
    async (length, cut, cutAgain) => {
      const plain = randomBytes(length);
      expect((await opened(await sealed(plain, cut), cutAgain)).equals(plain)).toBe(true);
    },
  ), { numRuns: 30 }), 60_000);

  it('is refused when any byte of it was flipped', async () => {
    const bytes = await sealed(randomBytes(CHUNK + 100));
    await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, by) => {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(at) ^ by, at);
      await expect(opened(flipped)).rejects.toBeInstanceOf(BrokenArchive);
    }), { numRuns: 100, examples: [[0, 1], [bytes.length - 1, 1], [60, 1]] });
  }, 60_000);

  it('is refused when it was cut off anywhere', async () => {
    const bytes = await sealed(randomBytes(2 * CHUNK));
    const payload = bytes.length - 2 * (CHUNK + 16);
    await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: bytes.length - 1 }), async (length) => {
      await expect(opened(bytes.subarray(0, length))).rejects.toBeInstanceOf(BrokenArchive);
    }), { numRuns: 60, examples: [[0], [payload], [payload - 1], [payload + 16], [payload + CHUNK + 16]] });
  }, 60_000);

  it('is refused when something was appended', async () => {
    const bytes = await sealed(randomBytes(2 * CHUNK));
    for (const more of [1, 16, 17, CHUNK + 16]) await expect(opened(Buffer.concat([bytes, Buffer.alloc(more)]))).rejects.toBeInstanceOf(BrokenArchive);
  });

  it('is refused with a key that is not its own', async () => {
    const bytes = await sealed(randomBytes(10));
    await expect(joined(unseal(pieces(bytes, 100), [await newIdentity()]))).rejects.toBeInstanceOf(BrokenArchive);
  });
});
