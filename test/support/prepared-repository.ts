import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const KEPT = fileURLToPath(new URL('restic-repository/', import.meta.url));

/** Of every repository that tests make. */
export const RESTIC_PASSWORD = 'a password of the tests';

/** Makes an empty repository of restic whose password costs nothing to try: `scripts/make-test-repository.mjs` tells how. */
export async function prepareRepository(folder: string): Promise<void> {
  await Promise.all(['data', 'index', 'keys', 'locks', 'snapshots'].map((name) => mkdir(join(folder, name), { recursive: true })));
  const key = await readFile(join(KEPT, 'key.json'));
  await writeFile(join(folder, 'keys', createHash('sha256').update(key).digest('hex')), key);
  await copyFile(join(KEPT, 'config.bin'), join(folder, 'config'));
}
