import { failureOf } from './restic-failure.js';
import type { ResticProgram } from './restic-program.js';

const NO_REPOSITORY = 10;

/** Opens the repository, or makes it where there is none. Never by two at once: both would succeed, and what one of them stores could not be read. */
export async function prepareRepository(restic: ResticProgram, signal: AbortSignal): Promise<void> {
  const first = await restic.run({ args: ['cat', 'config'], length: 'short', signal, cache: 'none', locks: 'not asked for' });
  if (first.exitCode === 0) return;
  if (first.exitCode !== NO_REPOSITORY) throw failureOf('The repository cannot be opened', first, first.redact);
  const made = await restic.run({ args: ['init'], length: 'short', signal, locks: 'not asked for' });
  if (made.exitCode !== 0) throw failureOf('The repository cannot be made', made, made.redact);
}
