import { SlipwayError } from '../../domain/errors.js';
import { failureOf } from './restic-failure.js';
import type { ResticProgram } from './restic-program.js';

const NO_REPOSITORY = 10;
/** restic writes the key before the config, and refuses to write another one. */
const BEGUN = /repository already contains keys/;

/** Opens the repository, or makes it where there is none. Never by two at once: both would succeed, and what one of them stores could not be read. */
export async function prepareRepository(restic: ResticProgram, signal: AbortSignal): Promise<void> {
  const first = await restic.run({ args: ['cat', 'config'], length: 'short', signal, cache: 'none', locks: 'none' });
  if (first.exitCode === 0) return;
  if (first.exitCode !== NO_REPOSITORY) throw failureOf('The repository cannot be opened', first, first.redact);
  const made = await restic.run({ args: ['init'], length: 'short', signal, locks: 'none' });
  if (made.exitCode === 0) return;
  if (BEGUN.test(made.stderr)) {
    throw new SlipwayError('ENGINE_FAILED', 'The repository cannot be made: it has keys and no `config`, so somebody began to make it and was interrupted, or took its config away. '
      + 'If its folders `data` and `snapshots` hold no file, delete what is in `keys` there, and the next backup makes it. If they do, bring `config` back from a copy: without it nothing there can be read.');
  }
  throw failureOf('The repository cannot be made', made, made.redact);
}
