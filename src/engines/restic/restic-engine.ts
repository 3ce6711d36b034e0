import { createHash } from 'node:crypto';
import { LONGEST_MS } from '../../domain/duration.js';
import type { Programs } from '../../programs/programs.js';
import type { Engine } from '../engine.js';
import { fetchSnapshot } from './fetch-snapshot.js';
import { localFolder } from './local-folder.js';
import { prepareRepository } from './prepare-repository.js';
import { pruneRepository } from './prune-repository.js';
import { keepReserve, spendingReserve } from './reserve.js';
import { failureOf } from './restic-failure.js';
import { createResticProgram, type ResticLimits } from './restic-program.js';
import { findSnapshots, forgetSnapshots } from './snapshots.js';
import { storeStream } from './store-stream.js';
import { storeTree } from './store-tree.js';
import { verifySnapshot } from './verify-snapshot.js';

export interface ResticEngineOptions {
  readonly name: string;
  /** As restic takes it: a path, `s3:…`, `sftp:…`, `rest:…`. */
  readonly repository: string;
  /** Asked at each call, so that a rotated one is seen. */
  readonly password: () => Promise<string>;
  /** What the destination wants in the environment, `AWS_ACCESS_KEY_ID` say. @default nothing */
  readonly env?: () => Promise<Readonly<Record<string, string>>>;
  /** Extended options, by name: `-o name=value`. @default none */
  readonly options?: Readonly<Record<string, string>>;
  /** @default 'restic' */
  readonly program?: string;
  readonly programs: Programs;
  /** The command of `hash-producer`. */
  readonly hashProducer: readonly string[];
  /** The command of `read-back`. */
  readonly readBack: readonly string[];
  /** Where restic keeps what it knows of the repository. @default its own choice */
  readonly cacheFolder?: string;
  readonly limits?: Partial<ResticLimits>;
}

const LIMITS: ResticLimits = { longMs: LONGEST_MS, shortMs: 3 * 60_000, retryLockMs: 30_000 };

/**
 * Backups in a repository of restic, 0.17 or newer: deduplicated, compressed, encrypted. Each is a snapshot of the host `slipway` with the tags
 * `backup=`, `attempt=` and `source=`, so `restic snapshots --tag source=production/checkout/orders` lists those of a source without Slipway.
 */
export function createResticEngine(options: ResticEngineOptions): Engine {
  const { name, repository, password, programs, hashProducer, readBack, env = async () => ({}), options: extended = {}, program = 'restic', cacheFolder } = options;
  const limits = { ...LIMITS, ...options.limits };
  const folder = localFolder(repository);
  const restic = createResticProgram({ repository, password, env, options: extended, program, programs, cacheFolder, limits });

  return {
    name,
    kind: 'restic',
    // An address may hold a password.
    place: createHash('sha256').update(repository).digest('hex'),
    async prepare(signal) {
      await prepareRepository(restic, signal);
      if (folder !== undefined) await keepReserve(folder);
    },
    store: (request, progress, signal) =>
      request.content.kind === 'stream'
        ? storeStream(restic, hashProducer, request, request.content, progress, signal)
        : storeTree(restic, request, request.content, progress, signal),
    find: (backup, signal) => findSnapshots(restic, backup, signal),
    verify: (snapshot, manifest, progress, signal) => verifySnapshot({ restic, programs, folder, readBack, limits }, snapshot, manifest, progress, signal),
    fetch: (snapshot, folder, progress, signal) => fetchSnapshot(restic, snapshot, folder, progress, signal),
    forget: (snapshots, signal) => spendingReserve(folder, () => forgetSnapshots(restic, snapshots, signal)),
    async prune(signal) {
      await spendingReserve(folder, (room) => pruneRepository(restic, room, signal));
      if (folder !== undefined) await keepReserve(folder);
    },
    async unlock(signal) {
      // Only locks that restic itself takes for stale: `--remove-all` is for people.
      const run = await restic.run({ args: ['unlock'], length: 'short', signal });
      if (run.exitCode !== 0) throw failureOf('The locks could not be looked at', run, run.redact);
    },
  };
}
