import type { WatchInput, WatchProgress } from '../deployment/watching.js';
import type { DeploymentEvent } from '../event/event.js';
import type { BasisPoints } from '../share.js';
import type { FailureCount } from './count-failure.js';
import type { Attempts } from './hidden-failures.js';
import type { LatencyBuckets } from './latency.js';
import type { KnownTraffic } from './known-traffic.js';
import type { TrafficCell } from './recent-traffic.js';
import type { QueryAnswer } from './samples.js';
import { NO_WITNESS, type SecondWitness } from './second-witness.js';
import type { RoleRequests } from './share-difference.js';
import type { SlotHealth } from './slot-health.js';
import { NO_TRAFFIC, type Traffic } from './traffic.js';
import type { SecondsGivenUp } from './stuck/given-up.js';
import type { StuckSightings } from './stuck/stuck-sightings.js';
import type { Finding, Verdict } from './verdict.js';
import type { WarmTimes } from './warm-times.js';
import type { Role } from './watch-sample.js';

/** All that a watch knows. Plain JSON: `progressOf` and `startWatch` take it from one attempt to the next without loss. */
export interface WatchState {
  readonly shifted: boolean;
  readonly bakedMs: number;
  /** Bake time granted because of too little data. */
  readonly extendedMs: number;
  /** Counter readings so far. */
  readonly samples: number;
  readonly failures: Readonly<Record<string, FailureCount>>;
  readonly seen: WatchSightings;
  readonly verdict?: Verdict;
  /** Since when (ms since the epoch) no judgment was possible. */
  readonly errorSince?: number;
}

/** What the judgments are made of; opaque to all but the watch. */
export interface WatchSightings {
  /** The form of this record: one of another form is not gone on with. */
  readonly form: 2;
  /** When the first attempt at the shift began; its deadline counts from there. */
  readonly shiftingSince?: number;
  /** Up to when the bake has been counted. */
  readonly countedUntil?: number;
  readonly candidateShare?: BasisPoints;
  /** When the counters were read first and last. */
  readonly since?: number;
  readonly newest?: number;
  /** From before this watch. */
  readonly known?: KnownTraffic;
  readonly whole: Readonly<Record<Role, Traffic>>;
  readonly stuck?: StuckSightings;
  /** When requests to the candidate ended without an answer. */
  readonly givenUp?: SecondsGivenUp;
  /** Of stable only what the candidate is compared with. */
  readonly recent: {
    readonly stable: readonly TrafficCell<Attempts>[];
    readonly stableTimes: readonly TrafficCell<LatencyBuckets>[];
    readonly candidate: readonly TrafficCell<Traffic>[];
  };
  /** Requests that began, by router instance, since the shift was done. */
  readonly instances: Readonly<Record<string, RoleRequests>>;
  readonly warm?: WarmTimes;
  readonly marks?: Readonly<Record<string, string>>;
  readonly missing: readonly string[];
  /** Why router instances do not serve as they should; absent before the first look. */
  readonly gaps?: readonly string[];
  readonly health: Readonly<Record<Role, SlotHealth>>;
  readonly answers: Readonly<Record<string, QueryAnswer>>;
  readonly witness: SecondWitness;
  /** Who this attempt is at. */
  readonly worker?: string;
  /** Workers that could not reach candidates which the routers could. */
  readonly doubts?: readonly string[];
  /** The newest finding of each metric rule. */
  readonly findings: Readonly<Record<string, Finding>>;
  /** Whether the step has passed once on real requests: its first good verdict is an event. */
  readonly judged?: boolean;
  /** Events that could not be written yet: the next attempt writes them. */
  readonly unwritten?: readonly DeploymentEvent[];
  /** By what they are about: a newer one replaces an older one. */
  readonly notes: Readonly<Record<string, string>>;
}

const NOTHING_SEEN: WatchSightings = {
  form: 2, whole: { stable: NO_TRAFFIC, candidate: NO_TRAFFIC }, recent: { stable: [], stableTimes: [], candidate: [] }, instances: {}, missing: [],
  health: { stable: {}, candidate: {} }, answers: {}, witness: NO_WITNESS, findings: {}, notes: {},
};

/**
 * Begins, or goes on from what an earlier attempt or watch of the same step had seen. Where that is of another form, as of a release before, its
 * bake begins anew: what was counted in it is lost, and would be taken for nobody having come.
 *
 * @param progress of the attempt before this one; without, the input's.
 * @param now ms since the epoch: time that nobody watched does not count as baked.
 */
export function startWatch(input: WatchInput, progress: WatchProgress | undefined, now: number): WatchState {
  const last = progress ?? input.progress;
  const shifted = last?.shifted ?? false;
  const counters = sightingsOf(last?.counters);
  const from = counters && last;
  const seen = counters ?? NOTHING_SEEN;
  return {
    shifted: shifted || input.shift === undefined,
    bakedMs: from?.bakedMs ?? 0,
    extendedMs: from?.extendedMs ?? 0,
    samples: from?.samples ?? 0,
    failures: from?.failures ?? {},
    seen: { ...seen, countedUntil: now, ...(input.known && !seen.known && { known: input.known }), ...(input.shift && { shiftingSince: seen.shiftingSince ?? now }) },
    ...(from?.lastVerdict && { verdict: from.lastVerdict }),
    // A watch before this one that could not judge has said so, and ended.
    ...(progress?.errorSince !== undefined && { errorSince: progress.errorSince }),
  };
}

export function progressOf(state: WatchState): WatchProgress {
  const { shifted, bakedMs, extendedMs, samples, failures, seen, verdict, errorSince } = state;
  const { requests, errors } = seen.whole.candidate;
  return {
    shifted, bakedMs, extendedMs, samples, requests, errors, failures, counters: seen,
    ...(verdict && { lastVerdict: verdict }),
    ...(errorSince !== undefined && { errorSince }),
  };
}

/** @returns undefined for a record of another form */
function sightingsOf(counters: unknown): WatchSightings | undefined {
  const known = typeof counters === 'object' && counters !== null && 'form' in counters && counters.form === NOTHING_SEEN.form;
  // Nobody but `progressOf` writes a record of this form.
  return known ? (counters as WatchSightings) : undefined;
}
