import type { KnownTraffic } from '../analysis/known-traffic.js';
import type { Verdict } from '../analysis/verdict.js';
import type { AnalysisSpec } from '../analysis/rule.js';
import type { Generation, RouterEntry, Slot } from '../router/entry.js';
import type { DeploymentEvent } from '../event/event.js';
import type { HealthCheck } from '../service/environment.js';

/**
 * One piece of watched time: an optional shift at its beginning, then judging until the bake's end, or open-ended.
 * Shift and watch are one activity, so that no share is ever without a watch between the two.
 */
export interface WatchInput {
  readonly deployment: string;
  readonly service: string;
  readonly environment: string;
  readonly router: string;
  readonly backend: string;
  /** From 1; the promotion is the last step plus one. */
  readonly step: number;
  /** Written first, retried until `shiftTimeoutMs`, watched when it takes longer than 2 s. */
  readonly shift?: { readonly entry: RouterEntry; readonly base: Generation; readonly clearOthers: boolean; readonly timeoutMs: number };
  /** What every router instance holds already, where this watch does not write it itself: an instance that loses it is given it again. */
  readonly held?: { readonly entry: RouterEntry; readonly base: Generation };
  /** Every generation that may be live meanwhile: all are pulled on a breach. */
  readonly generations: readonly Generation[];
  readonly slots: { readonly stable: WatchedSlot; readonly candidate: WatchedSlot };
  readonly analysis: AnalysisSpec;
  /** null: open-ended, ends by breach or cancel only. */
  readonly bakeMs: number | null;
  /** An open-ended watch that began as nobody could judge is `complete` once the candidate is judged again. */
  readonly endsOnceJudged?: true;
  /** Time already baked and counters of an earlier watch of the same step. */
  readonly progress?: WatchProgress;
  /** What the watches before this one learned. */
  readonly known?: KnownTraffic;
  /** Where the counters stood when the deployment began, for a watch that has none before it. */
  readonly opened?: OpenedCounters;
  /** Rules a person has waved through in this step; they are measured and shown, and no longer fail. */
  readonly waived: readonly string[];
  /** Router instances left out by `resolve {drop}`. */
  readonly except: readonly string[];
  /** What the run was last told of the router's disk. @default 'yes' */
  readonly toldPersisted?: 'yes' | 'no';
  readonly heartbeatTimeoutMs: number;
  readonly carried: readonly DeploymentEvent[];
}

/** The router's counters as the deployment found them. */
export interface OpenedCounters {
  /** Ms since the epoch. */
  readonly at: number;
  /** Opaque to all but the router. */
  readonly marks: Readonly<Record<string, string>>;
}

export interface WatchedSlot {
  readonly slot: Slot;
  readonly instances: readonly { readonly id: string; readonly address: string }[];
  readonly health: Readonly<Record<string, HealthCheck>>;
  /** For `${version}` and `${deployment}` in queries and commands. */
  readonly version: string;
}

/** What a restarted attempt goes on from; compact, travels in each heartbeat. */
export interface WatchProgress {
  readonly shifted: boolean;
  readonly bakedMs: number;
  /** Bake time added because of too little data. */
  readonly extendedMs: number;
  readonly samples: number;
  readonly requests: number;
  readonly errors: number;
  /** Per rule: judgments that breached, in a row and in total. */
  readonly failures: Readonly<Record<string, { readonly inARow: number; readonly total: number }>>;
  /** Opaque to all but the watch: counter marks and sums. */
  readonly counters?: unknown;
  readonly lastVerdict?: Verdict;
  /** Since when (ms since the epoch) no judgment was possible. */
  readonly errorSince?: number;
}

/** How a piece of watched time ended. Only `complete` may let a bake pass. */
export type WatchEnd =
  | { readonly ended: 'complete'; readonly verdict: Verdict }
  | { readonly ended: 'breach'; readonly verdict: Verdict; readonly pulled: PullSummary | null }
  | { readonly ended: 'no-data'; readonly verdict: Verdict }
  | { readonly ended: 'error'; readonly verdict: Verdict }
  /** The candidate breaches while stable is down: nothing was pulled. */
  | { readonly ended: 'stable-down'; readonly verdict: Verdict }
  /** The candidate breaches and nothing is stable, so there is nothing to go back to. */
  | { readonly ended: 'no-stable'; readonly verdict: Verdict }
  | { readonly ended: 'shift-failed'; readonly code: string; readonly detail: string }
  /** A tombstone of this deployment was found: some watch pulled it before. */
  | { readonly ended: 'pulled'; readonly detail: string }
  /** A requested cancel. */
  | { readonly ended: 'stopped' };

export interface PullSummary {
  /** From the arrival of the breaching sample until every router instance that answered had confirmed; those away are `unreached`. */
  readonly breachToZeroMs: number;
  readonly unreached: readonly string[];
}

export interface WatchResult {
  readonly end: WatchEnd;
  readonly progress: WatchProgress;
  /** For the next watch of the deployment. */
  readonly known?: KnownTraffic;
  /** Differences between router instances, slow answers, a stable slot that is down: shown, never a failure. */
  readonly notes: readonly string[];
  readonly unwritten: readonly DeploymentEvent[];
}

/** Heartbeat timeout by bake: 1 % of it, 3 s to 60 s; open-ended 3 s. A dead worker leaves the candidate unwatched for about that long. */
export function heartbeatTimeoutMs(bakeMs: number | null): number {
  return bakeMs === null ? 3_000 : Math.min(60_000, Math.max(3_000, bakeMs / 100));
}
