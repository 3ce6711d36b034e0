import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from './clock.js';

export interface FakeClock extends Clock {
  /** Moves on from one awaited moment to the next, as soon as nothing else is left to do, until the promise is settled. */
  run<T>(promise: Promise<T>): Promise<T>;
  /** The same for a stretch of time. */
  advance(ms: number): Promise<void>;
}

interface Sleeper {
  readonly at: number;
  wake(): void;
}

/** Turns of the event loop in which what was woken may do its work; in-memory adapters need one or two. */
const SETTLING_TURNS = 5;

/** A clock that stands still unless it is run. It does not wait for anything outside this process. */
export function createFakeClock(startMs = Date.parse('2030-01-01T00:00:00Z')): FakeClock {
  let now = startMs;
  const sleepers = new Set<Sleeper>();

  async function settle(): Promise<void> {
    for (let turn = 0; turn < SETTLING_TURNS; turn += 1) await nextTurn();
  }

  function wakeNext(untilMs: number): boolean {
    const next = [...sleepers].reduce<Sleeper | undefined>((first, one) => (first && first.at <= one.at ? first : one), undefined);
    if (!next || next.at > untilMs) return false;
    now = Math.max(now, next.at);
    next.wake();
    return true;
  }

  return {
    now: () => now,
    sleep: (ms, signal) => new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const sleeper: Sleeper = {
        at: now + ms,
        wake: () => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', sleeper.wake);
          resolve();
        },
      };
      sleepers.add(sleeper);
      signal?.addEventListener('abort', sleeper.wake);
    }),
    async run(promise) {
      let settled = false;
      const mark = () => void (settled = true);
      promise.then(mark, mark);
      await settle();
      while (!settled) {
        wakeNext(Infinity);
        await settle();
      }
      return promise;
    },
    async advance(ms) {
      const untilMs = now + ms;
      await settle();
      while (wakeNext(untilMs)) await settle();
      now = untilMs;
    },
  };
}
