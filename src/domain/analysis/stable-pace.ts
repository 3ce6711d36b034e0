import type { WatchInput } from '../deployment/watching.js';
import { mapValues } from '../map-values.js';

/**
 * Asks stable at least as often as the candidate. Stable is the witness of the candidate's failures: an answer from before this worker lost
 * its network would be taken for one that came beside them.
 */
export function withStableAtPace(input: WatchInput): WatchInput {
  const { stable, candidate } = input.slots;
  const fastestMs = Math.min(...Object.values(candidate.health).map(({ everyMs }) => everyMs));
  const health = mapValues(stable.health, (check) => ({ ...check, everyMs: Math.min(check.everyMs, fastestMs) }));
  return { ...input, slots: { candidate, stable: { ...stable, health } } };
}
