import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, SlipwayError } from '../domain/errors.js';
import { errnoOf } from '../net/errno.js';
import type { OutputConsumer } from './output-consumer.js';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What ends the wait for a program, whichever comes first: its exit, its time limit, an abort, or that it never began. */
export class ProgramEnd {
  readonly #first: Promise<Exit>;
  readonly #interrupted: Promise<never>;
  #forget: () => void = () => undefined;

  constructor(child: ChildProcess, { command, timeoutMs, signal }: { command: readonly string[]; timeoutMs: number; signal?: AbortSignal }) {
    this.#interrupted = new Promise((_resolve, reject) => {
      const late = () => reject(new SlipwayError('PROGRAM_TIMEOUT', `${command[0]} did not end within ${timeoutMs} ms, so it was ended.`));
      const aborted = () => reject(signal?.reason);
      const timer = setTimeout(late, timeoutMs);
      signal?.addEventListener('abort', aborted, { once: true });
      this.#forget = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', aborted);
      };
    });
    // It may come when nobody waits for it any more.
    this.#interrupted.catch(() => undefined);
    const exit = new Promise<Exit>((resolve, reject) => {
      child.once('error', (error) => reject(notStarted(command, error)));
      child.once('exit', (code, by) => resolve({ code, signal: by }));
    });
    this.#first = Promise.race([exit, this.#interrupted]);
    this.#first.catch(() => undefined);
  }

  /** @throws PROGRAM_MISSING, PROGRAM_NOT_STARTED, PROGRAM_TIMEOUT, the signal's reason */
  reached(): Promise<Exit> {
    return this.#first;
  }

  /** Never resolves. @throws PROGRAM_TIMEOUT, the signal's reason, also after the exit: its output may take longer to be read than it ran */
  interrupted(): Promise<never> {
    return this.#interrupted;
  }

  forget(): void {
    this.#forget();
  }
}

/** What a host says that is short of something, or where the program's file is being written: later it may well start. */
const FOR_NOW = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM', 'ETXTBSY']);

/** @returns PROGRAM_MISSING, or PROGRAM_NOT_STARTED where trying again may help */
export function notStarted(command: readonly string[], cause: unknown): SlipwayError {
  const failed = `${command[0]} cannot be started: ${messageOf(cause)}.`;
  if (FOR_NOW.has(errnoOf(cause) ?? '')) return new SlipwayError('PROGRAM_NOT_STARTED', failed, { cause });
  return new SlipwayError('PROGRAM_MISSING', `${failed} It must be on the PATH of the worker and executable, and its folder must exist.`, { cause });
}

const QUIET_ROUNDS = 10;
const ROUND_MS = 25;

/**
 * Waits until a program that has exited has no more output to be read. What it started elsewhere may hold its output open for ever,
 * so some quiet rounds of the event loop are an end too; those in which the consumer is busy do not count.
 */
export async function outputEnded(child: ChildProcess, consumer: OutputConsumer): Promise<void> {
  let quiet = 0;
  const heard = () => void (quiet = 0);
  child.stdout?.on('data', heard);
  child.stderr?.on('data', heard);
  const closed = once(child, 'close');
  while (!streamsEnded(child) && quiet < QUIET_ROUNDS) {
    await consumer.idle();
    quiet += 1;
    await Promise.race([closed, sleep(ROUND_MS)]);
  }
  await consumer.idle();
}

function streamsEnded(child: ChildProcess): boolean {
  return [child.stdout, child.stderr].every((stream) => !stream || stream.readableEnded || stream.destroyed);
}
