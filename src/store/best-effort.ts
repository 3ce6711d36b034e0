import { codeOf, SlipwayError } from '../domain/errors.js';

export interface BestEffortOptions {
  /** @default 1_000 */
  readonly limitMs?: number;
  /** After a failure nothing is tried for so long. @default 2_000 */
  readonly pauseMs?: number;
  /** Milliseconds, never going back. */
  readonly now: () => number;
  readonly onFailure: (error: unknown) => void;
}

/** Runs `work`; true when it was done. Never throws, and ends within the limit. */
export type BestEffort = (work: () => Promise<void>) => Promise<boolean>;

/**
 * For writes that must not hold up a rollback. A circuit breaker: once the database was away, whoever comes in the next two seconds is told
 * at once, so that a thousand watches do not wait a second each.
 */
export function createBestEffort(options: BestEffortOptions): BestEffort {
  const { limitMs = 1_000, pauseMs = 2_000, now, onFailure } = options;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  return async (work) => {
    if (now() < pausedUntil) return false;
    try {
      await within(limitMs, work());
      return true;
    } catch (error) {
      if (codeOf(error) === 'DATABASE_UNAVAILABLE') pausedUntil = now() + pauseMs;
      onFailure(error);
      return false;
    }
  };
}

/** The work goes on in the background when its time is over: its writes are idempotent, so it does no harm if it still succeeds. */
async function within(limitMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SlipwayError('DATABASE_UNAVAILABLE', `The database did not answer within ${limitMs} ms.`)), limitMs);
  });
  try {
    // `race` has taken hold of both: the one that comes later is no unhandled rejection.
    await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
