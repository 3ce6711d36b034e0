import { chmod, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createResticScenes } from '../../../test/support/restic-scene.js';
import { whenResticIsThere } from '../../../test/support/restic.js';
import { type DamageKind, engineContract } from '../contract/engine-contract.js';

whenResticIsThere((program) => {
  const scenes = createResticScenes(program);
  engineContract({
    name: 'restic', damages: ['flipped', 'truncated', 'deleted', 'index'],
    async make() {
      const { engine, repository, open, close } = await scenes.make();
      const nowhere = { repository: 's3:http://127.0.0.1:1/bucket', env: async () => ({ AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'a secret' }) };
      return {
        engine,
        stranger: open({ password: async () => 'another password' }),
        away: open({ ...nowhere, limits: { shortMs: 1_000, retryLockMs: 0 } }),
        damage: (kind) => damageRepository(repository, kind),
        close,
      };
    },
  });
});

/** The newest data pack, or the index. */
async function damageRepository(repository: string, kind: DamageKind): Promise<void> {
  if (kind === 'index') return rm(join(repository, 'index'), { recursive: true }).then(() => mkdir(join(repository, 'index'))).then(() => undefined);
  const file = await biggestPack(join(repository, 'data'));
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
