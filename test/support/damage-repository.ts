import { chmod, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DamageKind } from '../../src/engines/contract/engine-contract.js';

/** Damages a repository of restic behind its back: its biggest data pack, or the index. */
export async function damageRepository(folder: string, kind: DamageKind): Promise<void> {
  if (kind === 'index') return rm(join(folder, 'index'), { recursive: true }).then(() => mkdir(join(folder, 'index'))).then(() => undefined);
  const file = await biggestPack(join(folder, 'data'));
  await chmod(file, 0o600);
  if (kind === 'deleted') return rm(file);
  if (kind === 'truncated') return truncate(file, Math.floor((await stat(file)).size / 2));
  const bytes = await readFile(file);
  bytes[20] = (bytes[20] ?? 0) ^ 1;
  await writeFile(file, bytes);
}

async function biggestPack(folder: string): Promise<string> {
  const packs = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sized = await Promise.all(packs.map(async (path) => ({ path, bytes: (await stat(path)).size })));
  return sized.toSorted((a, b) => b.bytes - a.bytes)[0]?.path ?? '';
}
