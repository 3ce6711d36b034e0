import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { messageOf, SlipwayError } from '../../../domain/errors.js';
import { createRedaction } from '../../redact.js';

const KEPT_STDERR = 4_000;

/**
 * The output of a program, which runs in the process group of this one and ends with it.
 *
 * @throws PROGRAM_MISSING; PRODUCER_FAILED after its last byte when it did not end with 0: what was read until then is worth nothing
 */
export async function* outputOf(command: readonly string[], env: Readonly<Record<string, string>>): AsyncGenerator<Buffer> {
  const [file = '', ...args] = command;
  if (file === '') throw new SlipwayError('PROGRAM_MISSING', 'The command that makes the stream is empty.');
  const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = endOf(child);
  // Awaited after its output; an error before that must not count as unhandled.
  ended.catch(() => undefined);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-KEPT_STDERR)));
  try {
    yield* child.stdout;
    const how = await ended;
    if (how !== 0) throw new SlipwayError('PRODUCER_FAILED', `${file} ended with ${how}. ${saidBy(stderr, env)}`);
  } finally {
    child.kill('SIGTERM');
  }
}

/** Its environment is where its secrets are. */
function saidBy(stderr: string, env: Readonly<Record<string, string>>): string {
  return createRedaction(Object.values(env))(stderr.trim()) || 'It said nothing on its error output.';
}

/** @returns its exit code, or the signal that ended it */
async function endOf(child: ChildProcess): Promise<number | string> {
  try {
    // `error` makes it reject: it never began.
    const [code, signal]: (number | string | null)[] = await once(child, 'close');
    return code ?? signal ?? 'no exit code';
  } catch (error) {
    throw new SlipwayError('PROGRAM_MISSING', `${child.spawnfile} cannot be started: ${messageOf(error)}.`, { cause: error });
  }
}
