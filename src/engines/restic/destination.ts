import { SlipwayError } from '../../domain/errors.js';
import { failureOf, faultBeside, type ResticRun, saidNothing } from './restic-failure.js';
import type { ResticProgram } from './restic-program.js';

/**
 * Tells a damaged backup from a destination that is away, locked, or opened with another password, and from a restic that died: by how a failed
 * run ended and what it said, and, as words change, by asking whether the repository can be opened at all. Damage needs a word of evidence.
 *
 * @throws what is wrong beside the backup; returns when only the backup is left to blame
 */
export async function throwUnlessDamaged(restic: ResticProgram, what: string, run: ResticRun & { readonly redact: (text: string) => string }, signal: AbortSignal): Promise<void> {
  if (faultBeside(run)) throw failureOf(what, run, run.redact);
  const opened = await restic.run({ args: ['cat', 'config'], length: 'short', signal, cache: 'none', locks: 'none' });
  if (opened.exitCode !== 0) throw failureOf(what, opened, opened.redact);
  if (saidNothing(run)) throw new SlipwayError('ENGINE_DIED', `${what}: restic ended with exit code ${run.exitCode} and said nothing, which says nothing about the backup.`);
}
