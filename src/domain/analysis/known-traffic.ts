import { WHOLE } from '../share.js';
import type { Traffic } from './traffic.js';
import type { WatchSightings } from './watch-state.js';

/**
 * What is known of a deployment's traffic from before the present watch, and is handed from watch to watch: what that watch cannot see itself,
 * such as stable's answers while the candidate has everything.
 */
export interface KnownTraffic {
  /** Requests per second that began, in both slots together. */
  readonly perSecond: number;
  /** What stable did in the newest stretch of time in which it had enough requests to say something. */
  readonly stable?: Traffic;
  /** Mean time in ms that a request of stable waits for its head. */
  readonly stableWaitMs?: number;
}

/** Fewer requests of stable than this say little about it. */
export const ENOUGH_OF_STABLE = 20;
/** A shorter stretch of time gives no rate. */
const RATE_NEEDS_MS = 5_000;

/** @returns what the next watch of the deployment should know; undefined: nothing is. */
export function knownAfter(seen: WatchSightings): KnownTraffic | undefined {
  const { known, since, whole, newest } = seen;
  const watchedMs = since === undefined || newest === undefined ? 0 : newest - since;
  const begun = whole.stable.begun + whole.candidate.begun;
  const perSecond = watchedMs >= RATE_NEEDS_MS ? (begun * 1_000) / watchedMs : known?.perSecond;
  if (perSecond === undefined) return undefined;
  const stable = stableKnown(seen);
  const stableWaitMs = seen.stuck?.stableWaitMs;
  return { ...known, perSecond, ...(stable && { stable }), ...(stableWaitMs !== undefined && { stableWaitMs }) };
}

/** What stable does in this watch when that is enough, else what it did before. What still comes to it beside a share of 100 % is not its usual traffic. */
export function stableKnown({ whole, candidateShare, known }: WatchSightings): Traffic | undefined {
  const usual = candidateShare !== undefined && candidateShare < WHOLE;
  return usual && whole.stable.begun >= ENOUGH_OF_STABLE ? whole.stable : known?.stable;
}
