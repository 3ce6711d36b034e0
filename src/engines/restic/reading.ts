import { lockRefused, type ResticRun } from './restic-failure.js';
import type { Locks } from './restic-program.js';

/**
 * Reads with a lock of restic's own, which keeps others from pruning meanwhile, and without one where none can be written: a full disk, or one that
 * is mounted to be read only, must not stand in the way of a restore. The lease keeps off what is ours.
 */
export async function reading<T extends ResticRun>(attempt: (locks: Locks) => Promise<T>): Promise<T> {
  const run = await attempt('if possible');
  return run.exitCode !== 0 && lockRefused(run) ? attempt('none') : run;
}
