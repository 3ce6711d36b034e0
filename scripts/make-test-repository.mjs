import { spawnSync } from 'node:child_process';
import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from './parts/checkout.mjs';

// Makes anew the empty repository that tests start with. restic derives a key from a password for half a second, at each call, and tests call it a
// thousand times: this one's key is the same but for the work of its derivation, which no test is about. Needs restic on PATH.
const PASSWORD = 'a password of the tests';
const CHEAP = { N: 2, r: 1, p: 1 };
const KEPT = path.join(ROOT, 'test', 'support', 'restic-repository');

const folder = await mkdtemp(path.join(tmpdir(), 'slipway-test-repository-'));
const { status, stderr } = spawnSync('restic', ['--repo', folder, '--no-cache', 'init'], { encoding: 'utf8', env: { PATH: process.env.PATH, HOME: folder, RESTIC_PASSWORD: PASSWORD } });
if (status !== 0) throw new Error(stderr);
const [name] = await readdir(path.join(folder, 'keys'));
const key = JSON.parse(await readFile(path.join(folder, 'keys', name), 'utf8'));
const cheap = JSON.stringify({ ...key, username: 'slipway', hostname: 'slipway', ...CHEAP, data: seal(derive(CHEAP), open(derive(key), key.data)) });
await writeFile(path.join(KEPT, 'key.json'), cheap);
await writeFile(path.join(KEPT, 'config.bin'), await readFile(path.join(folder, 'config')));
await rm(folder, { recursive: true });

/** restic's own: AES-256-CTR, then Poly1305-AES over what came of it. https://restic.readthedocs.io/en/v0.18.1/100_references.html#keys-encryption-and-mac */
function derive({ N, r, p }) {
  const bytes = scryptSync(PASSWORD, Buffer.from(key.salt, 'base64'), 64, { N, r, p, maxmem: 1e9 });
  return { encrypt: bytes.subarray(0, 32), k: bytes.subarray(32, 48), r: bytes.subarray(48, 64) };
}

function open({ encrypt }, data) {
  const bytes = Buffer.from(data, 'base64');
  return createDecipheriv('aes-256-ctr', encrypt, bytes.subarray(0, 16)).update(bytes.subarray(16, -16));
}

function seal({ encrypt, k, r }, plain) {
  const nonce = randomBytes(16);
  const sealed = createCipheriv('aes-256-ctr', encrypt, nonce).update(plain);
  const mask = createCipheriv('aes-128-ecb', k, null).setAutoPadding(false).update(nonce);
  return Buffer.concat([nonce, sealed, poly1305(sealed, r, mask)]).toString('base64');
}

function poly1305(message, r, s) {
  const [prime, clamped] = [2n ** 130n - 5n, numberOf(r) & 0x0ffffffc0ffffffc0ffffffc0fffffffn];
  let sum = 0n;
  for (let at = 0; at < message.length; at += 16) {
    const block = message.subarray(at, at + 16);
    sum = ((sum + numberOf(block) + 2n ** BigInt(8 * block.length)) * clamped) % prime;
  }
  const tag = ((sum + numberOf(s)) % 2n ** 128n).toString(16).padStart(32, '0');
  return Buffer.from(tag, 'hex').reverse();
}

function numberOf(littleEndian) {
  return BigInt(`0x${Buffer.from(littleEndian).reverse().toString('hex')}`);
}
