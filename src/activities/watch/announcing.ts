import type { WatchState } from '../../domain/analysis/watch-state.js';
import { reasonOf } from '../../domain/analysis/verdict.js';
import type { Mended } from './mending.js';
import type { WatchRun } from './watch-run.js';

/** Notes what router instances had lost: what was put back, and what could not be, each gap once. */
export function announceMended({ board, journal, input, deps: { clock } }: WatchRun, { restored, gaps }: Pick<Mended, 'restored' | 'gaps'>): void {
  for (const { instance, text } of restored) journal.record('router-restored', text, { step: input.step, instance });
  for (const [instance, text] of Object.entries(byInstance(gaps))) {
    if (!board.state.seen.gaps?.includes(text)) journal.record('router-lacks', text, { step: input.step, instance });
  }
  if (restored.length > 0) board.take({ kind: 'mended', at: clock.now(), instances: byInstance(restored) });
}

/** The sentences about each instance in one. */
export function byInstance(said: Mended['gaps']): Readonly<Record<string, string>> {
  const names = new Set(said.map(({ instance }) => instance));
  return Object.fromEntries([...names].map((name) => [name, said.filter(({ instance }) => instance === name).map(({ text }) => text).join('; ')]));
}

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
