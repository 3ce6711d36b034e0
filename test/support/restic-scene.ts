import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPrograms } from '../../src/programs/programs.js';
import type { GroupWatch } from '../../src/programs/guardian.js';
import type { Engine } from '../../src/engines/engine.js';
import { createResticEngine, type ResticEngineOptions } from '../../src/engines/restic/restic-engine.js';
import { prepareRepository, RESTIC_PASSWORD } from './prepared-repository.js';
import { built } from './stack/program.js';

const restic = (file: string) => [process.execPath, built(`engines/restic/${file}`)];

export interface ResticScene {
  readonly engine: Engine;
  /** The folder of the repository. */
  readonly repository: string;
  /** Another engine; on the same repository unless it says otherwise. */
  open(over: Partial<ResticEngineOptions>): Engine;
  close(): Promise<void>;
}

/** Makes scenes with a fresh, prepared repository each. */
export function createResticScenes(program: string, guardian: GroupWatch = { watch: () => undefined, release: () => undefined }): { make(): Promise<ResticScene> } {
  const programs = createPrograms({ guardian, graceMs: 1_000 });

  function open(over: Partial<ResticEngineOptions>): Engine {
    return createResticEngine({
      name: 'vault', repository: '/nowhere', password: async () => RESTIC_PASSWORD, program, programs, hashProducer: restic('hash-producer.js'), readBack: restic('read-back.js'),
      limits: { retryLockMs: 2_000 }, ...over,
    });
  }

  return {
    async make() {
      const folder = await mkdtemp(join(tmpdir(), 'slipway-restic-'));
      const repository = join(folder, 'repository');
      await prepareRepository(repository);
      const same = { repository, cacheFolder: join(folder, 'cache') };
      return {
        engine: open(same), repository,
        open: (over) => open({ ...same, ...over }),
        close: () => rm(folder, { recursive: true, force: true }),
      };
    },
  };
}
