import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, SlipwayError } from '../domain/errors.js';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What ends the wait for a program, whichever comes first: its exit, its time limit, an abort, or that it never began. */
export class ProgramEnd {
  readonly #first: Promise<Exit>;
  #forget: () => void = () => undefined;

  constructor(child: ChildProcess, { command, timeoutMs, signal }: { command: readonly string[]; timeoutMs: number; signal?: AbortSignal }) {
    this.#first = new Promise((resolve, reject) => {
      const late = () => reject(new SlipwayError('PROGRAM_TIMEOUT', `${command[0]} did not end within ${timeoutMs} ms, so it was ended.`));
      const aborted = () => reject(signal?.reason);
      const timer = setTimeout(late, timeoutMs);
      signal?.addEventListener('abort', aborted, { once: true });
      child.once('error', (error) => reject(notStarted(command, error)));
      child.once('exit', (code, by) => resolve({ code, signal: by }));
      this.#forget = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', aborted);
      };
    });
  }

  /** @throws PROGRAM_MISSING, PROGRAM_TIMEOUT, the signal's reason */
  reached(): Promise<Exit> {
    return this.#first;
  }

  forget(): void {
    this.#forget();
  }
}

function notStarted(command: readonly string[], error: Error): SlipwayError {
  return new SlipwayError('PROGRAM_MISSING', `${command[0]} cannot be started: ${messageOf(error)}. It must be on the PATH of the worker and executable, and its folder must exist.`, { cause: error });
}

const QUIET_ROUNDS = 10;
const ROUND_MS = 25;

/**
 * Waits until a program that has exited has no more output to be read. What it started elsewhere may hold its output open for ever,
 * so some quiet rounds of the event loop are an end too.
 */
export async function outputEnded(child: ChildProcess): Promise<void> {
  let quiet = 0;
  const heard = () => void (quiet = 0);
  child.stdout?.on('data', heard);
  child.stderr?.on('data', heard);
  const closed = once(child, 'close');
  while (!streamsEnded(child) && quiet < QUIET_ROUNDS) {
    quiet += 1;
    await Promise.race([closed, sleep(ROUND_MS)]);
  }
}

function streamsEnded(child: ChildProcess): boolean {
  return (child.stdout?.readableEnded ?? true) && (child.stderr?.readableEnded ?? true);
}
