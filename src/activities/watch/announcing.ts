import type { WatchState } from '../../domain/analysis/watch-state.js';
import { reasonOf } from '../../domain/analysis/verdict.js';
import type { WatchRun } from './watch-run.js';

/** Records what a reading of the counters brought to light for the first time. */
export function announceNews({ board, journal, input }: WatchRun, before: WatchState): void {
  const { state } = board;
  const { verdict } = state;
  if (verdict && judgedFirst(before, state)) journal.record('verdict', reasonOf(verdict), { step: input.step, verdict: verdict.kind });
  for (const [about, text] of Object.entries(state.seen.notes)) {
    if (about.startsWith('share/') && before.seen.notes[about] === undefined) journal.record('share-differs', text, { step: input.step });
  }
}

/** Of the step, not of the attempt. */
function judgedFirst(before: WatchState, after: WatchState): boolean {
  return after.shifted && before.seen.judged !== true && after.seen.judged === true;
}
