import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Decrypter, Encrypter } from 'age-encryption';
import { messageOf } from '../../../domain/errors.js';
import { BrokenArchive } from './broken-archive.js';
import { inChunks, markLast } from './in-chunks.js';

// The header is the library's work. The payload (https://age-encryption.org/v1, "Payload") is done by OpenSSL, which is ten times as fast as JavaScript.
const CHUNK_BYTES = 65_536;
const TAG_BYTES = 16;
const NONCE_BYTES = 16;
const HEADER_LIMIT_BYTES = 65_536;
const CIPHER = 'chacha20-poly1305';

/** Encrypts for all of the recipients, so that `age -d` opens it. */
export async function* seal(plain: AsyncIterable<Uint8Array>, recipients: readonly string[]): AsyncGenerator<Buffer> {
  const { header, fileKey } = await newHeader(recipients);
  const nonce = randomBytes(NONCE_BYTES);
  const key = payloadKey(fileKey, nonce);
  yield Buffer.concat([header, nonce]);
  let counter = 0;
  for await (const { item, last } of markLast(inChunks(plain, CHUNK_BYTES))) {
    yield sealChunk(key, chunkNonce(counter, last ? 1 : 0), item);
    counter += 1;
  }
  if (counter === 0) yield sealChunk(key, chunkNonce(0, 1), Buffer.alloc(0));
}

/** @throws BrokenArchive when the bytes are not whole, were changed, or were encrypted for somebody else */
export async function* unseal(sealed: AsyncIterable<Uint8Array>, identities: readonly string[]): AsyncGenerator<Buffer> {
  const { header, rest } = await splitHeader(sealed);
  const fileKey = await openHeader(header, identities);
  let key: Buffer | undefined;
  let counter = 0;
  for await (const { item, last } of markLast(afterNonce(rest, (nonce) => (key = payloadKey(fileKey, nonce))))) {
    if (!key || item.length < TAG_BYTES || (item.length === TAG_BYTES && counter > 0)) throw truncated();
    yield openChunk(key, chunkNonce(counter, last ? 1 : 0), item, counter);
    counter += 1;
  }
  if (counter === 0) throw truncated();
}

async function newHeader(recipients: readonly string[]): Promise<{ header: Uint8Array; fileKey: Uint8Array }> {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  let fileKey = new Uint8Array();
  // A recipient of no stanza: how the library lets the key of the file be known.
  encrypter.addRecipient({
    wrapFileKey(key) {
      fileKey = Uint8Array.from(key);
      return [];
    },
  });
  const empty = await encrypter.encrypt(new Uint8Array());
  return { header: empty.subarray(0, empty.length - NONCE_BYTES - TAG_BYTES), fileKey };
}

async function openHeader(header: Uint8Array, identities: readonly string[]): Promise<Uint8Array> {
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  try {
    return await decrypter.decryptHeader(header);
  } catch (error) {
    throw new BrokenArchive(`its header cannot be opened with the key: ${messageOf(error)}`, { cause: error });
  }
}

async function splitHeader(sealed: AsyncIterable<Uint8Array>): Promise<{ header: Uint8Array; rest: AsyncIterable<Uint8Array> }> {
  const chunks = sealed[Symbol.asyncIterator]();
  let read = Buffer.alloc(0);
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    read = Buffer.concat([read, next.value]);
    const mac = read.indexOf('\n--- ');
    const end = mac === -1 ? -1 : read.indexOf('\n', mac + 1);
    if (end !== -1) return { header: Uint8Array.from(read.subarray(0, end + 1)), rest: continued(read.subarray(end + 1), chunks) };
    if (read.length > HEADER_LIMIT_BYTES) break;
  }
  throw new BrokenArchive('it does not begin with the header of an encrypted file');
}

async function* continued(first: Uint8Array, chunks: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield first;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  } finally {
    await chunks.return?.();
  }
}

async function* afterNonce(source: AsyncIterable<Uint8Array>, onNonce: (nonce: Uint8Array) => void): AsyncGenerator<Buffer> {
  yield* inChunks(withoutNonce(source, onNonce), CHUNK_BYTES + TAG_BYTES);
}

async function* withoutNonce(source: AsyncIterable<Uint8Array>, onNonce: (nonce: Uint8Array) => void): AsyncGenerator<Uint8Array> {
  let nonce = Buffer.alloc(0);
  for await (const chunk of source) {
    const missing = NONCE_BYTES - nonce.length;
    if (missing > 0) {
      nonce = Buffer.concat([nonce, chunk.subarray(0, missing)]);
      if (nonce.length === NONCE_BYTES) onNonce(nonce);
    }
    if (chunk.length > missing) yield chunk.subarray(Math.max(0, missing));
  }
}

function payloadKey(fileKey: Uint8Array, nonce: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', 32));
}

/** Eleven bytes that count, and one that marks the last. */
function chunkNonce(counter: number, last: 0 | 1): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(counter, 5, 6);
  nonce.writeUInt8(last, 11);
  return nonce;
}

function sealChunk(key: Buffer, nonce: Buffer, plain: Buffer): Buffer {
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function openChunk(key: Buffer, nonce: Buffer, sealed: Buffer, counter: number): Buffer {
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const plain = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
  try {
    decipher.final();
  } catch (error) {
    throw new BrokenArchive(`its bytes from ${counter * (CHUNK_BYTES + TAG_BYTES)} on were changed or cut off`, { cause: error });
  }
  return plain;
}

function truncated(): BrokenArchive {
  return new BrokenArchive('it ends too early');
}
