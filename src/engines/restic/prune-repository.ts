import { failureOf } from './restic-failure.js';
import type { ResticProgram } from './restic-program.js';

/** @param room `little`: packs that are needed in part stay as they are, as writing them anew takes room before it gives any */
export async function pruneRepository(restic: ResticProgram, room: 'as usual' | 'little', signal: AbortSignal): Promise<void> {
  const sparing = room === 'little' ? ['--max-repack-size', '0'] : [];
  const run = await restic.run({ args: ['prune', ...sparing], length: 'long', signal });
  if (run.exitCode !== 0) throw failureOf('The repository could not be pruned', run, run.redact);
}
