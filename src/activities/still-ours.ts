import { SlipwayError } from '../domain/errors.js';
import type { OwnershipAnswer } from './watch/ownership.js';

/**
 * How old an answer may be. The server gives an attempt up when it was silent for its heartbeat timeout, five seconds at least, and an answer counts
 * as a heartbeat: within this time after it was asked for nobody else is at the same work.
 */
const FRESH_MS = 3_000;

/**
 * Makes sure that an attempt is the one that counts, right before it changes something: neither another attempt nor a later run has begun then.
 *
 * @param ask the Temporal server
 * @throws SUPERSEDED, TEMPORAL_UNAVAILABLE
 */
export async function stillOurs(ask: () => Promise<OwnershipAnswer>): Promise<void> {
  // This clock runs on while the process is stopped.
  const askedAt = performance.now();
  const answer = await ask();
  if (answer === 'gone') throw new SlipwayError('SUPERSEDED', 'This attempt was given up for another one, so it changes nothing.');
  if (answer === 'unreachable') throw new SlipwayError('TEMPORAL_UNAVAILABLE', 'The Temporal server did not say whether this attempt still counts, so it changes nothing.');
  const ageMs = Math.round(performance.now() - askedAt);
  if (ageMs > FRESH_MS) throw new SlipwayError('TEMPORAL_UNAVAILABLE', `The Temporal server said ${ageMs} ms ago that this attempt counts, which may have changed since: it changes nothing.`);
}
