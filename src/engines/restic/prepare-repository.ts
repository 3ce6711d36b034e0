import { failureOf } from './restic-failure.js';
import type { ResticProgram } from './restic-program.js';

const NO_REPOSITORY = 10;

/** Opens the repository, or makes it where there is none. Of two that make it at the same time one finds that of the other. */
export async function prepareRepository(restic: ResticProgram, signal: AbortSignal): Promise<void> {
  const look = () => restic.run({ args: ['cat', 'config'], length: 'short', signal, cache: 'none', locks: 'not asked for' });
  const first = await look();
  if (first.exitCode === 0) return;
  if (first.exitCode !== NO_REPOSITORY) throw failureOf('The repository cannot be opened', first, first.redact);
  const made = await restic.run({ args: ['init'], length: 'short', signal, locks: 'not asked for' });
  if (made.exitCode === 0 || (await look()).exitCode === 0) return;
  throw failureOf('The repository cannot be made', made, made.redact);
}
