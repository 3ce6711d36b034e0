import { type Flow, FLOW_MS, sumsOf } from './flow.js';
import type { StuckSightings } from './stuck-sightings.js';

/** How many of the candidate's requests wait, beside how many should. */
export interface Crowd {
  /** Those that the rule counts. */
  readonly waiting: number;
  /** How long each should wait, in ms: stable's time to the head. */
  readonly eachMs: number;
  /** By the candidate's rate and that time: Little's law. */
  readonly expected: number;
  /** More than this is not chance. */
  readonly limit: number;
}

/** @param knownWaitMs of stable, from before this watch. */
export function crowdOf(seen: StuckSightings, knownWaitMs: number | undefined): Crowd {
  const { ms, candidateBegun } = sumsOf(seen.flow, FLOW_MS);
  const eachMs = stableWaitMs(seen, knownWaitMs);
  const expected = ms === 0 ? 0 : (candidateBegun / ms) * eachMs;
  const { inherited, at } = seen;
  // Until the rate is one of this watch alone, what began before it explains itself.
  const counted = at - inherited.since < FLOW_MS ? Math.max(0, seen.waiting - inherited.waiting) : seen.waiting;
  return { waiting: counted, eachMs, expected, limit: 3 * expected + 3 * Math.sqrt(expected) + 3 };
}

/**
 * Stable's time to the head: the usual one, and never less than what waits in stable just now shows. A mean follows a slot that comes to a
 * standstill only slowly, and what both slots wait for is no fault of the candidate.
 */
export function stableWaitMs(seen: StuckSightings, knownWaitMs: number | undefined): number {
  return Math.max(usualWaitMs(seen, knownWaitMs), (waitingNow(seen.flow) * 1_000) / stableRate(seen.flow));
}

/** Stable's mean time to the head: as measured, as known from before, or by the little that was seen of it. */
export function usualWaitMs({ stableWaitMs: measured, flow }: StuckSightings, knownWaitMs: number | undefined): number {
  const { ms, stableWaitedMs } = sumsOf(flow, FLOW_MS);
  return measured ?? knownWaitMs ?? roughWaitMs(stableWaitedMs / Math.max(1, ms), stableRate(flow));
}

/** Per second; one more than was seen, as none in so short a time may be chance. */
function stableRate(flow: Flow): number {
  const { ms, stableBegun } = sumsOf(flow, FLOW_MS);
  return ((stableBegun + 1) * 1_000) / Math.max(1, ms);
}

/** Requests of stable that wait, in the newest cell. */
function waitingNow(flow: Flow): number {
  const newest = flow.at(-1);
  return newest ? newest[2] / newest[0] : 0;
}

/** A stable of which nothing is known answers within this time. */
const UNKNOWN_WAIT_MS = 1_000;

/** Stable's mean time to the head by little data: rather too long than too short, and never below that of an unknown one. @param waiting at any time. */
export function roughWaitMs(waiting: number, perSecond: number): number {
  return perSecond === 0 ? UNKNOWN_WAIT_MS : Math.max(UNKNOWN_WAIT_MS, Math.round(((waiting + 2 * Math.sqrt(waiting)) * 1_000) / perSecond));
}
