import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { createPrograms } from '../../src/programs/programs.js';
import type { GroupWatch } from '../../src/programs/guardian.js';
import type { Engine } from '../../src/engines/engine.js';
import { createResticEngine, type ResticEngineOptions } from '../../src/engines/restic/restic-engine.js';
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

/** Makes scenes with a fresh, prepared repository each; all of them have one key, as making one is the slowest of restic's work. To be called outside of tests. */
export function createResticScenes(program: string, guardian: GroupWatch = { watch: () => undefined, release: () => undefined }): { make(): Promise<ResticScene> } {
  const programs = createPrograms({ guardian, graceMs: 1_000 });
  let template: Promise<string> | undefined;
  afterAll(async () => {
    if (template) await rm(await template, { recursive: true, force: true });
  });

  function open(over: Partial<ResticEngineOptions>): Engine {
    return createResticEngine({
      name: 'vault', repository: '/nowhere', password: async () => 'a password', program, programs, hashProducer: restic('hash-producer.js'), readBack: restic('read-back.js'),
      limits: { retryLockMs: 2_000 }, ...over,
    });
  }

  async function makeTemplate(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-restic-template-'));
    await open({ repository: folder }).prepare(AbortSignal.timeout(60_000));
    return folder;
  }

  return {
    async make() {
      template ??= makeTemplate();
      const folder = await mkdtemp(join(tmpdir(), 'slipway-restic-'));
      const repository = join(folder, 'repository');
      await cp(await template, repository, { recursive: true });
      const same = { repository, cacheFolder: join(folder, 'cache') };
      return {
        engine: open(same), repository,
        open: (over) => open({ ...same, ...over }),
        close: () => rm(folder, { recursive: true, force: true }),
      };
    },
  };
}
