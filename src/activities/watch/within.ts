import type { Clock } from './clock.js';

/** Gives up waiting, not the work: what it would have brought is dropped. @returns undefined when time was up. */
export async function within<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T | undefined> {
  const done = new AbortController();
  const timeUp = clock.sleep(ms, done.signal).then(() => undefined);
  try {
    return await Promise.race([work, timeUp]);
  } finally {
    done.abort();
    work.catch(() => {}); // A failure after the deadline has no one to tell.
  }
}
