import type { WatchInput } from '../deployment/watching.js';
import { rememberDoubt } from './doubts.js';
import { judgeAll } from './judge-all.js';
import { currentFindings, isJudged, rejudge } from './rejudge.js';
import { takeIn } from './take-in.js';
import type { WatchSample } from './watch-sample.js';
import type { WatchState } from './watch-state.js';

/** Takes in one sample, judges anew what it bears on, and counts the bake. */
export function onSample(state: WatchState, sample: WatchSample, input: WatchInput): WatchState {
  const judged = rememberDoubt(rejudge(takeIn(state, sample, input), sample, input), input);
  const verdict = judgeAll(currentFindings(judged, input, sample.at), sample.at);
  const { errorSince, ...rest } = judged;
  // While a shift is tried, an instance that is away is the shift's concern, with a deadline of its own.
  const since = sample.kind === 'shifted' ? undefined : errorSince;
  // A worker that still sees for itself has judged nothing.
  const unjudged = verdict.kind === 'error' || (judged.seen.doubts !== undefined && verdict.kind === 'no-data');
  const marked = unjudged ? { ...rest, errorSince: since ?? sample.at } : rest;
  return grantTime(countBake(markJudged({ ...marked, verdict }), sample, input.analysis.everyMs), input);
}

function markJudged(state: WatchState): WatchState {
  const judged = state.shifted && state.verdict?.kind === 'pass' && state.seen.whole.candidate.requests > 0;
  return judged && !state.seen.judged ? { ...state, seen: { ...state.seen, judged } } : state;
}

/** Only a reading of the counters counts as baked, so that a bake never ends on requests that nobody has judged; time without a judgment does not count. */
function countBake(state: WatchState, sample: WatchSample, everyMs: number): WatchState {
  if (!isJudged(sample) && sample.kind !== 'shifted') return state;
  const bakes = sample.kind === 'counts' && state.shifted && state.verdict?.kind !== 'error';
  const passedMs = Math.min(longestGapMs(everyMs), Math.max(0, sample.at - (state.seen.countedUntil ?? sample.at)));
  return { ...state, bakedMs: state.bakedMs + (bakes ? passedMs : 0), seen: { ...state.seen, countedUntil: sample.at } };
}

/** More cannot have been watched between two readings: the machine slept, or its clock was set. */
function longestGapMs(everyMs: number): number {
  return 2 * everyMs + 1_000;
}

function grantTime(state: WatchState, { bakeMs, analysis }: WatchInput): WatchState {
  const atEnd = bakeMs !== null && state.shifted && state.bakedMs >= bakeMs;
  return atEnd && state.verdict?.kind === 'no-data' && state.extendedMs === 0 ? { ...state, extendedMs: analysis.noData.waitMs } : state;
}
