import { setTimeout as sleep } from 'node:timers/promises';

export interface Retry {
  /** @default 250 */
  readonly firstMs?: number;
  /** @default 5000 */
  readonly longestMs?: number;
  readonly onFailure: (error: unknown, nextInMs: number) => void;
  readonly signal: AbortSignal;
}

/** Until it works once, or the signal fires. Never throws. @returns whether it worked. */
export async function keepTrying(work: () => Promise<void>, { firstMs = 250, longestMs = 5_000, onFailure, signal }: Retry): Promise<boolean> {
  for (let waitMs = firstMs; !signal.aborted; waitMs = Math.min(waitMs * 2, longestMs)) {
    try {
      await work();
      return true;
    } catch (error) {
      onFailure(error, waitMs);
    }
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
  }
  return false;
}
