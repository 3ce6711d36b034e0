import { isErrorCode, SlipwayError } from '../../domain/errors.js';
import type { ProgramResult, Programs } from '../../programs/programs.js';
import type { OnProgress } from '../engine.js';
import type { InputOf, Line, OperationName, ResultOf } from './protocol.js';

export interface ByteProgram {
  readonly programs: Programs;
  /** What starts it. */
  readonly command: readonly string[];
}

export interface CallOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly progress?: OnProgress;
}

const SAID_BYTES = 2_000;

/** Has one operation carried out by a byte program of its own. @throws what the program failed with, by its code; ENGINE_FAILED when it died */
export async function callProgram<K extends OperationName>({ programs, command }: ByteProgram, operation: K, input: InputOf<K>, { signal, timeoutMs, progress }: CallOptions): Promise<ResultOf<K>> {
  const ended = await programs.run({ command, signal, timeoutMs, stdin: JSON.stringify({ operation, input }) });
  const last = lastLineOf(ended);
  if ('error' in last) throw new SlipwayError(isErrorCode(last.error.code) ? last.error.code : 'ENGINE_FAILED', last.error.message);
  // Written by our own program, of the same build, for this operation.
  return last.result as ResultOf<K>;
}

function lastLineOf({ stdout, stderr, exitCode }: ProgramResult): Exclude<Line, { progress: unknown }> {
  const line = parsed(stdout.trimEnd().split('\n').at(-1) ?? '');
  if (line && !('progress' in line)) return line;
  throw new SlipwayError('ENGINE_FAILED', `The byte program ended with ${exitCode} and without an answer. ${stderr.slice(-SAID_BYTES).trim()}`);
}

function parsed(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line; // our own program's
  } catch {
    return undefined;
  }
}
