import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromSource } from '../../../test/support/programs/from-source.js';
import { whenResticIsThere } from '../../../test/support/restic.js';
import { createPrograms } from '../../programs/programs.js';
import { type DamageKind, engineContract } from '../contract/engine-contract.js';
import { createResticEngine, type ResticEngineOptions } from './restic-engine.js';

const programs = createPrograms({ guardian: { watch: () => undefined, release: () => undefined }, graceMs: 1_000 });
const hashProducer = fromSource(new URL('./hash-producer.ts', import.meta.url));
const readBack = fromSource(new URL('./read-back.ts', import.meta.url));

whenResticIsThere((program) => {
  let template: Promise<string> | undefined;

  function engine(over: Partial<ResticEngineOptions>) {
    return createResticEngine({
      name: 'vault', repository: '/nowhere', password: async () => 'a password', program, programs, hashProducer, readBack, limits: { retryLockMs: 2_000 }, ...over,
    });
  }

  /** Deriving its key makes `init` the slowest of all calls. */
  async function makeTemplate(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-restic-template-'));
    await engine({ repository: folder }).prepare(AbortSignal.timeout(60_000));
    return folder;
  }

  engineContract({
    name: 'restic', damages: ['flipped', 'truncated', 'deleted', 'index'],
    async make() {
      template ??= makeTemplate();
      const folder = await mkdtemp(join(tmpdir(), 'slipway-restic-'));
      const repository = join(folder, 'repository');
      await cp(await template, repository, { recursive: true });
      const cacheFolder = join(folder, 'cache');
      await writeFile(join(folder, 'a file'), '');
      return {
        engine: engine({ repository, cacheFolder }),
        stranger: engine({ repository, cacheFolder, password: async () => 'another password' }),
        away: engine({ repository: 's3:http://127.0.0.1:1/bucket', env: async () => ({ AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'a secret' }), limits: { shortMs: 1_000, retryLockMs: 0 } }),
        damage: (kind) => damageRepository(repository, kind),
        close: () => rm(folder, { recursive: true, force: true }),
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
