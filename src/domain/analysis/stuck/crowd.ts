import { FLOW_MS, sumsOf } from './flow.js';
import type { StuckSightings } from './stuck-sightings.js';

/** How many of the candidate's requests wait, beside how many should. */
export interface Crowd {
  /** Those that the rule counts. */
  readonly waiting: number;
  /** By the candidate's rate and stable's time to the head: Little's law. */
  readonly expected: number;
  /** More than this is not chance. */
  readonly limit: number;
}

/** A stable of which nothing is known answers within this time. */
const UNKNOWN_WAIT_MS = 1_000;

/** @param knownWaitMs of stable, from before this watch. */
export function crowdOf(seen: StuckSightings, knownWaitMs: number | undefined): Crowd {
  const { ms, candidateBegun } = sumsOf(seen.flow, FLOW_MS);
  const expected = ms === 0 ? 0 : (candidateBegun / ms) * stableWaitMs(seen, knownWaitMs);
  const { inherited, at } = seen;
  // Until the rate is one of this watch alone, what began before it explains itself.
  const counted = at - inherited.since < FLOW_MS ? Math.max(0, seen.waiting - inherited.waiting) : seen.waiting;
  return { waiting: counted, expected, limit: 3 * expected + 3 * Math.sqrt(expected) + 3 };
}

export function stableWaitMs(seen: StuckSightings, knownWaitMs: number | undefined): number {
  return seen.stableWaitMs ?? knownWaitMs ?? UNKNOWN_WAIT_MS;
}

/** The wait of stable by what waited at one moment: rather too long than too short, and never below what is taken for an unknown one. */
export function firstWaitMs(waiting: number, perSecond: number): number {
  return perSecond === 0 ? UNKNOWN_WAIT_MS : Math.max(UNKNOWN_WAIT_MS, Math.round(((waiting + 2 * Math.sqrt(waiting)) * 1_000) / perSecond));
}
