import { isErrorCode, SlipwayError } from '../../domain/errors.js';
import type { Programs } from '../../programs/programs.js';
import { splitLines } from '../../programs/split-lines.js';
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

type Answer = Exclude<Line, { progress: unknown }>;

const SAID_BYTES = 2_000;

/** Has one operation carried out by a byte program of its own. @throws what the program failed with, by its code; ENGINE_DIED when it gave no answer */
export async function callProgram<K extends OperationName>({ programs, command }: ByteProgram, operation: K, input: InputOf<K>, options: CallOptions): Promise<ResultOf<K>> {
  const { signal, timeoutMs, progress } = options;
  let answer: Answer | undefined;
  const lines = splitLines((text) => {
    const line = parsed(text);
    if (line && 'progress' in line) progress?.(line.progress);
    else answer = line;
  });
  const { exitCode, stderr } = await programs.run({ command, signal, timeoutMs, stdin: JSON.stringify({ operation, input }), onStdout: lines.take });
  lines.end();
  if (!answer) throw new SlipwayError('ENGINE_DIED', `The byte program ended with ${exitCode} and without an answer. ${stderr.slice(-SAID_BYTES).trim()}`);
  if ('error' in answer) throw new SlipwayError(isErrorCode(answer.error.code) ? answer.error.code : 'ENGINE_FAILED', answer.error.message);
  // Written by our own program, of the same build, for this operation.
  return answer.result as ResultOf<K>;
}

function parsed(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line; // our own program's
  } catch {
    return undefined;
  }
}
