import type { WatchInput } from '../deployment/watching.js';
import { unanswered } from './judge-traffic.js';
import { allMeasured } from './rejudge.js';
import { slotAnswer } from './slot-health.js';
import { mayBeStuck, STUCK } from './stuck/judge-stuck.js';
import type { Verdict } from './verdict.js';
import type { WatchState } from './watch-state.js';

/** What a watch has to do now. `pull`: traffic goes back to stable before anything else happens. */
export type WatchDecision =
  | { readonly kind: 'go-on' }
  | { readonly kind: 'complete'; readonly verdict: Verdict }
  /** `no-stable`: it breaches, and there is nothing to go back to. */
  | { readonly kind: 'no-data' | 'stable-down' | 'no-stable'; readonly verdict: Verdict }
  | { readonly kind: 'breach' | 'error'; readonly verdict: Verdict; readonly pull: boolean };

const GO_ON: WatchDecision = { kind: 'go-on' };

/** A judgment is called impossible only after so many periods, whatever `noData.wait` says: one lost answer is no reason to end. */
const PATIENT_PERIODS = 3;
const LEAST_PATIENCE_MS = 3_000;

/** @param now ms since the epoch. */
export function endOfWatch(state: WatchState, input: WatchInput, now: number): WatchDecision {
  const { verdict } = state;
  if (!verdict) return GO_ON;
  if (verdict.kind === 'fail') return breach(state, input, { verdict, now });
  if (!state.shifted) return GO_ON;
  if (verdict.kind === 'error') return whenUnjudged(state, input, { verdict, now });
  if (input.endsOnceJudged) return isJudgedAgain(state, input) ? { kind: 'complete', verdict } : GO_ON;
  if (input.bakeMs === null || state.bakedMs < input.bakeMs || isInDoubt(state, input)) return GO_ON;
  return verdict.kind === 'pass' ? { kind: 'complete', verdict } : withoutData(state, input, { verdict, now });
}

/** A bake does not end in the few seconds in which requests wait and it is not clear yet whether they are stuck. */
function isInDoubt({ seen }: WatchState, { analysis, waived }: WatchInput): boolean {
  return analysis.stuck !== 'off' && !waived.includes(STUCK) && mayBeStuck(seen);
}

/** How long errors are borne before another worker is asked to try. */
export function handOverAfterMs(input: WatchInput): number {
  return Math.max(LEAST_PATIENCE_MS, PATIENT_PERIODS * input.analysis.everyMs);
}

/** Stable cannot take the traffic: it has no instances, or its newest probe failed. */
export function stableIsDown(state: WatchState, input: WatchInput, now: number): boolean {
  const { stable } = input.slots;
  return stable.instances.length === 0 || slotAnswer(state.seen.health.stable, stable, now) === 'silent';
}

interface Moment {
  readonly verdict: Verdict;
  readonly now: number;
}

function breach(state: WatchState, input: WatchInput, { verdict, now }: Moment): WatchDecision {
  if (input.analysis.onBreach === 'ask' || asksOnly(verdict)) return { kind: 'breach', verdict, pull: false };
  return takeBack(state, input, { verdict, now });
}

/** Nothing failed but what is for people to decide. */
function asksOnly({ findings }: Verdict): boolean {
  return findings.every(({ kind, asks }) => kind !== 'fail' || asks === true);
}

function takeBack(state: WatchState, input: WatchInput, { verdict, now }: Moment): WatchDecision {
  if (input.slots.stable.instances.length === 0) return { kind: 'no-stable', verdict };
  if (!stableIsDown(state, input, now)) return { kind: 'breach', verdict, pull: true };
  const text = 'stable is down, so nothing is taken back to it';
  return { kind: 'stable-down', verdict: { ...verdict, kind: 'error', findings: [{ rule: 'stable', kind: 'error', text }, ...verdict.findings] } };
}

function whenUnjudged(state: WatchState, input: WatchInput, { verdict, now }: Moment): WatchDecision {
  const { noData, onError } = input.analysis;
  const patienceMs = Math.max(noData.waitMs, handOverAfterMs(input));
  if (state.errorSince === undefined || now - state.errorSince < patienceMs) return GO_ON;
  // Open-ended, nothing is waiting for the verdict: to hold is to go on.
  if (input.bakeMs === null && onError === 'hold') return GO_ON;
  return { kind: 'error', verdict, pull: onError === 'rollback' && !stableIsDown(state, input, now) };
}

/** As long without an error as it takes to call one lasting, and with every rule looked at. */
function isJudgedAgain(state: WatchState, input: WatchInput): boolean {
  return state.bakedMs >= handOverAfterMs(input) && allMeasured(state, input);
}

function withoutData(state: WatchState, input: WatchInput, { verdict, now }: Moment): WatchDecision {
  const overtime = state.bakedMs - (input.bakeMs ?? 0);
  if (overtime < state.extendedMs || !allMeasured(state, input)) return GO_ON;
  switch (input.analysis.noData.then) {
    // That nobody came may pass. That nobody was answered never does.
    case 'pass': return { kind: unanswered(state.seen) ? 'no-data' : 'complete', verdict };
    case 'ask': return { kind: 'no-data', verdict };
    case 'rollback': return takeBack(state, input, { verdict, now });
  }
}
