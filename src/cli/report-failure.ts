import { codeOf, messageOf } from '../domain/errors.js';

/** For people at a terminal: what failed, on the error output, and an exit code that a script notices. */
export function reportFailure(error: unknown): void {
  process.stderr.write(`${codeOf(error)}: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
