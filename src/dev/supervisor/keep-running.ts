import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../domain/errors.js';
import type { Part, RunningPart } from './part.js';

export interface Keeper {
  /** Ends the part for good and returns when it is gone. Idempotent. */
  stop(): Promise<void>;
}

export interface KeepOptions {
  /** For the user: what ended, why, and when it is tried again. */
  readonly say: (line: string) => void;
  readonly onRunning?: (running: RunningPart) => void;
  /** Of the first restart; each further one waits twice as long. @default 100 */
  readonly firstBackoffMs?: number;
}

const LONGEST_BACKOFF_MS = 15_000;
/** Who ran this long was well: its next end is a new matter. */
const STEADY_MS = 30_000;

/**
 * Starts the part, and again whenever it ends by itself.
 *
 * @throws what the first start throws: a stack that never came up is not kept alive
 */
export async function keepRunning(part: Part, options: KeepOptions, signal: AbortSignal): Promise<Keeper> {
  const stopping = new AbortController();
  const until = AbortSignal.any([signal, stopping.signal]);
  let running = await startOnce(part, options, until);
  const loop = (async () => {
    const backoff = createBackoff(options.firstBackoffMs ?? 100);
    while (!stopping.signal.aborted) {
      const startedMs = Date.now();
      const why = await Promise.race([running.ended, abortOf(stopping.signal)]);
      if (why === undefined) return;
      running = (await restarted(part, options, { why, ranMs: Date.now() - startedMs, backoff }, stopping.signal)) ?? running;
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await running.stop();
      await loop;
      // The loop may have started another one at that very moment.
      await running.stop();
    },
  };
}

async function startOnce(part: Part, options: KeepOptions, signal: AbortSignal): Promise<RunningPart> {
  const running = await part.start(signal);
  options.onRunning?.(running);
  return running;
}

interface End {
  readonly why: string;
  readonly ranMs: number;
  /** How long to wait before the next start of what ran for `ranMs`. */
  readonly backoff: (ranMs: number) => number;
}

async function restarted(part: Part, options: KeepOptions, { why, ranMs, backoff }: End, signal: AbortSignal): Promise<RunningPart | undefined> {
  let reason = `ended (${why})`;
  for (let waitMs = backoff(ranMs); !signal.aborted; waitMs = backoff(0)) {
    options.say(`${part.name} ${reason}; starting it again in ${waitMs / 1_000} s`);
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return undefined;
    try {
      const running = await startOnce(part, options, signal);
      options.say(`${part.name} is back`);
      return running;
    } catch (error) {
      reason = `does not come up: ${messageOf(error)}`;
    }
  }
  return undefined;
}

function createBackoff(firstMs: number): (ranMs: number) => number {
  let next = firstMs;
  return (ranMs) => {
    if (ranMs > STEADY_MS) next = firstMs;
    const now = next;
    next = Math.min(next * 2, LONGEST_BACKOFF_MS);
    return now;
  };
}

async function abortOf(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return undefined;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  return undefined;
}
