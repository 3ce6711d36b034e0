import type { WatchInput } from '../deployment/watching.js';
import { doubtedInstances } from './second-witness.js';
import type { WatchState } from './watch-state.js';

/**
 * Remembers that this worker finds the candidate unhealthy against the routers' word, for the attempt that follows at another one.
 * Forgotten as soon as a round of probes finds every instance well.
 */
export function rememberDoubt(state: WatchState, { slots: { candidate } }: WatchInput): WatchState {
  const { seen } = state;
  const { doubts: before = [], worker = '' } = seen;
  const doubted = doubtedInstances(seen, candidate);
  if (doubted.length > 0) {
    const doubts = before.includes(worker) ? before : [...before, worker];
    const text = `The worker ${worker} gets no answer from ${doubted.join(', ')}, which the routers have up and which answers users.`;
    return { ...state, seen: { ...seen, doubts, notes: { ...seen.notes, doubt: text } } };
  }
  const checks = Object.keys(candidate.health);
  const isWell = checks.every((check) => seen.health.candidate[check]?.well === candidate.instances.length);
  if (before.length === 0 || !isWell) return state;
  const { doubts: _, ...rest } = seen;
  return { ...state, seen: rest };
}

/** Begins an attempt at a worker. Where the one before may have been cut off, this one sees for itself before it says anything. */
export function beginAt(worker: string, state: WatchState): WatchState {
  const { seen } = state;
  const health = seen.doubts ? { ...seen.health, candidate: {} } : seen.health;
  return { ...state, seen: { ...seen, worker, health } };
}
