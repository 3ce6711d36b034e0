import { endOfWatch } from '../../src/domain/analysis/end-of-watch.js';
import { onSample } from '../../src/domain/analysis/on-sample.js';
import { STUCK } from '../../src/domain/analysis/stuck/judge-stuck.js';
import { startWatch } from '../../src/domain/analysis/watch-state.js';
import type { WatchInput } from '../../src/domain/deployment/watching.js';
import { readingsOf, type SimulatedSlot } from './arrivals.js';
import type { Trace } from './stuck-traces.js';
import { watchInput } from './watch-input.js';

export interface StuckFound {
  /** From the beginning of the traffic. */
  readonly seconds: number;
  /** From the first request that never got a head; absent when there was none. */
  readonly sinceFirst?: number;
  readonly text: string;
}

/** Runs one trace through a watch that has no other rule. @returns when the candidate was to be pulled; undefined: not in the time of the trace. */
export function secondsToStuck({ share, seconds, slots }: Trace, seed: number, known?: WatchInput['known']): StuckFound | undefined {
  const input = onlyCounters(known);
  const first = { at: Infinity };
  let state = onSample(startWatch(input, undefined, 0), { kind: 'shifted', at: 0, candidateShare: share }, input);
  for (const sample of readingsOf({ ...slots, candidate: noting(slots.candidate, first), seed, seconds })) {
    state = onSample(state, sample, input);
    const finding = state.verdict?.findings.find(({ rule }) => rule === STUCK);
    if (finding?.kind !== 'fail' || endOfWatch(state, input, sample.at).kind !== 'breach') continue;
    return { seconds: sample.at / 1_000, ...(first.at < Infinity && { sinceFirst: (sample.at - first.at) / 1_000 }), text: finding.text };
  }
  return undefined;
}

/** Nothing is probed or asked, so that nothing but the counters speaks. */
function onlyCounters(known: WatchInput['known']): WatchInput {
  const { slots: { candidate, stable } } = watchInput();
  const slots = { candidate: { ...candidate, health: {} }, stable: { ...stable, health: {} } };
  return watchInput({ bakeMs: null, analysis: { metrics: {} }, slots, ...(known && { known }) });
}

function noting(slot: SimulatedSlot, first: { at: number }): SimulatedSlot {
  return {
    ...slot,
    fate(random, atMs, server) {
      const fate = slot.fate(random, atMs, server);
      if (fate.headMs === Infinity) first.at = Math.min(first.at, atMs);
      return fate;
    },
  };
}
