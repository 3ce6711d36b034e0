import { endOfWatch, type WatchDecision } from '../../src/domain/analysis/end-of-watch.js';
import { onSample } from '../../src/domain/analysis/on-sample.js';
import { answered, type AnsweredTraffic, NO_LOAD, type SlotLoad, type Traffic } from '../../src/domain/analysis/traffic.js';
import type { CountsSample, ProbeSample, Role, WatchSample } from '../../src/domain/analysis/watch-sample.js';
import { startWatch, type WatchState } from '../../src/domain/analysis/watch-state.js';
import type { WatchInput } from '../../src/domain/deployment/watching.js';

/** When the watches of the tests begin, ms since the epoch. */
export const BEGIN = Date.parse('2030-01-01T00:00:00Z');

export interface Watched {
  readonly state: WatchState;
  /** Of the newest sample. */
  readonly decision: WatchDecision;
}

/** Feeds samples to a watch until it decides to end. */
export function watched(input: WatchInput, samples: readonly WatchSample[], start: WatchState = startWatch(input, undefined, BEGIN)): Watched {
  let state = start;
  let decision: WatchDecision = { kind: 'go-on' };
  for (const sample of samples) {
    state = onSample(state, sample, input);
    decision = endOfWatch(state, input, sample.at);
    if (decision.kind !== 'go-on') break;
  }
  return { state, decision };
}

/** Requests that were answered, but for what is given otherwise. */
export type Counted = AnsweredTraffic & { readonly load?: SlotLoad };

export function counted({ load = NO_LOAD, ...traffic }: Counted): Traffic & { readonly load: SlotLoad } {
  return { ...answered(traffic), load };
}

/** @param atMs since the watch began. */
export function counts(atMs: number, candidate: Counted, stable: Counted = { requests: 0, errors: 0 }): CountsSample {
  return { kind: 'counts', at: BEGIN + atMs, instances: [{ instance: 'a', stable: counted(stable), candidate: counted(candidate) }], missing: [], marks: { a: String(atMs) } };
}

/** @param atMs since the watch began. */
export function probe(atMs: number, role: Role, outcome: 'well' | 'unwell' | 'unasked'): ProbeSample {
  const instance = role === 'stable' ? 's-1' : 'c-1';
  return { kind: 'probe', at: BEGIN + atMs, role, check: 'web', answers: [{ instance, outcome, tookMs: 1, detail: outcome === 'well' ? 'status 200' : 'status 503' }] };
}

/** Both slots well. */
export function bothWell(atMs: number): WatchSample[] {
  return [probe(atMs, 'stable', 'well'), probe(atMs, 'candidate', 'well')];
}
