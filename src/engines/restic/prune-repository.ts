import { SlipwayError } from '../../domain/errors.js';
import { faultBeside, failureOf, saidNothing, saidOf } from './restic-failure.js';
import type { ResticProgram } from './restic-program.js';

/**
 * Never in a repository that restic itself finds broken: a prune there may delete what a mended index would have found again.
 *
 * @param room `little`: packs that are needed in part stay as they are, as writing them anew takes room before it gives any
 * @throws REPOSITORY_DAMAGED
 */
export async function pruneRepository(restic: ResticProgram, room: 'as usual' | 'little', signal: AbortSignal): Promise<void> {
  await throwIfBroken(restic, signal);
  const sparing = room === 'little' ? ['--max-repack-size', '0'] : [];
  const run = await restic.run({ args: ['prune', ...sparing], length: 'long', signal });
  if (run.exitCode !== 0) throw failureOf('The repository could not be pruned', run, run.redact);
}

/** Indexes, packs by name and size, and folders; the content of files is read by each backup's own verification. */
async function throwIfBroken(restic: ResticProgram, signal: AbortSignal): Promise<void> {
  const run = await restic.run({ args: ['check', '--with-cache'], length: 'long', signal });
  if (run.exitCode === 0) return;
  if (faultBeside(run) || saidNothing(run)) throw failureOf('The repository could not be checked before it is pruned', run, run.redact);
  throw new SlipwayError('REPOSITORY_DAMAGED', `The repository was not pruned, as something is missing or broken in it: restic check ended with exit code ${run.exitCode}. ${saidOf(run, run.redact)}`);
}
