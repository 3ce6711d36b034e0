import { destinationFailure, failureOf, type ResticRun } from './restic-failure.js';
import type { ResticProgram } from './restic-program.js';

/**
 * Tells a damaged backup from a destination that is away, locked, or opened with another password: by what a failed run said, and, as words
 * change, by asking whether the repository can be opened at all.
 *
 * @throws what is wrong with the destination; returns when nothing is
 */
export async function throwIfDestinationFailed(restic: ResticProgram, what: string, run: ResticRun & { readonly redact: (text: string) => string }, signal: AbortSignal): Promise<void> {
  if (destinationFailure(run)) throw failureOf(what, run, run.redact);
  const opened = await restic.run({ args: ['cat', 'config'], length: 'short', signal, cache: 'none', locks: 'not asked for' });
  if (opened.exitCode !== 0) throw failureOf(what, opened, opened.redact);
}
