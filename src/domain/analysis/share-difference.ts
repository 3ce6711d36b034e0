import { formatShare, WHOLE, type BasisPoints } from '../share.js';

/** Before the candidate should have got so many requests from an instance, chance says more than the split. */
const FIRST_EXPECTED = 50;
const DEVIATIONS = 4;

export interface RoleRequests {
  readonly stable: number;
  readonly candidate: number;
}

/**
 * Compares what one router instance did with what it was told to do.
 *
 * @returns one sentence when the candidate's part is more than 4 standard deviations away from its share. It is worth knowing, and never a failure:
 * clients that choose a slot themselves, or few clients that stick to one, look the same.
 */
export function shareDifference(instance: string, seen: RoleRequests, share: BasisPoints): string | undefined {
  const total = seen.stable + seen.candidate;
  const part = share / WHOLE;
  const expected = total * part;
  if (expected < FIRST_EXPECTED) return undefined;
  // At a share of all of it chance has no part, yet a single request of a client that chose its slot is no difference.
  const deviation = Math.max(1, Math.sqrt(total * part * (1 - part)));
  if (Math.abs(seen.candidate - expected) <= DEVIATIONS * deviation) return undefined;
  return `Router instance ${instance} gave the candidate ${seen.candidate} of ${total} requests; its share is ${formatShare(share)}.`;
}
