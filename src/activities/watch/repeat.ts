import type { Clock } from './clock.js';

/** Does the work at once and then each period, until the signal; one round never overlaps the next. @param periodMs asked before each pause. */
export async function repeat(clock: Clock, signal: AbortSignal, periodMs: () => number, round: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    const began = clock.now();
    await round();
    if (signal.aborted) return;
    const pauseMs = periodMs();
    // At most a period, also when the clock of the machine was set back meanwhile.
    await clock.sleep(Math.min(pauseMs, Math.max(SHORTEST_PAUSE_MS, began + pauseMs - clock.now())), signal);
  }
}

/** A round that takes longer than its period must not turn into a busy loop. */
const SHORTEST_PAUSE_MS = 10;
