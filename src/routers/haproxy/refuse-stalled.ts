import { SlipwayError } from '../../domain/errors.js';

/**
 * Called right before a write that goes by a reading: between the two the writer may have stood still while others wrote.
 *
 * @param askedAt by `performance.now()`, which runs on while the process is stopped
 * @throws ROUTER_UNREACHABLE when the reading is older than the limit
 */
export function refuseStalled(askedAt: number, stallLimitMs: number): void {
  const stalledMs = Math.round(performance.now() - askedAt);
  if (stalledMs > stallLimitMs) throw new SlipwayError('ROUTER_UNREACHABLE', `HAProxy took ${stalledMs} ms to answer, so its entry may have changed since: nothing was written.`);
}
