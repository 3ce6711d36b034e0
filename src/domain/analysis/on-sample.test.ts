import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BEGIN, counted, watched } from '../../../test/support/watched.js';
import { watchInput } from '../../../test/support/watch-input.js';
import type { AnalysisSpec, MetricRule } from './rule.js';
import type { WatchSample } from './watch-sample.js';
import { progressOf, startWatch, type WatchState } from './watch-state.js';
import { onSample } from './on-sample.js';

const metrics: Record<string, MetricRule> = {
  errors: { source: { kind: 'router', measure: 'errorRate' }, max: 500, critical: false, failures: { inARow: 2, total: 5 } },
  declines: { source: { kind: 'prometheus', query: 'up' }, max: 0.5, critical: false, failures: { inARow: 3 } },
};

const spec: fc.Arbitrary<Partial<AnalysisSpec>> = fc.record({
  minRequests: fc.nat(60),
  requireTraffic: fc.boolean(),
  noData: fc.record({ waitMs: fc.constantFrom(0, 5_000, 20_000), then: fc.constantFrom('ask', 'pass', 'rollback') }),
  onBreach: fc.constantFrom('ask', 'rollback'),
  onError: fc.constantFrom('hold', 'rollback'),
  metrics: fc.constant(metrics),
});

const traffic = fc.tuple(fc.constantFrom(0, 5, 40), fc.constantFrom(0, 0, 0, 0.03, 0.2), fc.constantFrom(0, 0, 1, 6), fc.nat(2)).map(([requests, part, waiting, hidden]) => {
  const servers = [{ address: 'c-1', inFlight: waiting, attempts: 0, headed: 0 }, { address: 'c-2', inFlight: 0, attempts: requests, headed: requests }];
  const attempts = { attempts: requests + waiting + hidden, failedAttempts: hidden };
  return counted({ requests, errors: Math.floor(requests * part), begun: requests + waiting, ...attempts, load: { waiting, streaming: 0, servers } });
});
const sample: fc.Arbitrary<WatchSample> = fc.oneof(
  { weight: 4, arbitrary: fc.record({
    kind: fc.constant('counts' as const), at: fc.constant(0), marks: fc.constant({ a: 'mark' }),
    instances: fc.record({ instance: fc.constantFrom('a', 'b'), stable: traffic, candidate: traffic }).map((one) => [one]),
    missing: fc.constantFrom([], [], [], ['instance b was not read']),
  }) },
  { weight: 4, arbitrary: fc.record({
    kind: fc.constant('probe' as const), at: fc.constant(0), check: fc.constant('web'), role: fc.constantFrom('stable' as const, 'candidate' as const),
    outcome: fc.constantFrom('well', 'well', 'well', 'unwell', 'unasked'),
  }).map(({ outcome, ...rest }) => ({ ...rest, answers: [{ instance: rest.role === 'stable' ? 's-1' : 'c-1', outcome, tookMs: 1 }] })) },
  { weight: 2, arbitrary: fc.record({
    kind: fc.constant('answer' as const), at: fc.constant(0), rule: fc.constant('declines'),
    answer: fc.constantFrom({ value: 0.2 }, { value: 0.9 }, {}, { error: 'away' }),
  }) },
);

/** Samples in the order in which they arrive, up to 2 s apart. */
const samples = fc.array(fc.tuple(sample, fc.integer({ min: 1, max: 2_000 })), { maxLength: 60 }).map((steps) => {
  let at = BEGIN;
  return steps.map(([one, passedMs]): WatchSample => ({ ...one, at: (at += passedMs) }));
});

const bake = fc.constantFrom(null, 0, 5_000, 20_000);

describe('watching', () => {
  it('comes to the same end when an attempt is replaced by another after any sample', () => {
    fc.assert(fc.property(spec, bake, samples, fc.nat(59), (analysis, bakeMs, all, cut) => {
      const input = watchInput({ analysis, bakeMs });
      const whole = watched(input, all);
      const before = watched(input, all.slice(0, cut));
      if (before.decision.kind !== 'go-on') return;
      const countedUntil = before.state.seen.countedUntil ?? BEGIN;
      const again = startWatch(input, throughJson(progressOf(before.state)), countedUntil);
      expect(watched(input, all.slice(cut), again)).toEqual(all.length > cut ? whole : { ...whole, decision: { kind: 'go-on' } });
    }), { numRuns: 300 });
  });

  it('never completes with a pass while a rule is breached', () => {
    fc.assert(fc.property(spec, bake, samples, (analysis, bakeMs, all) => {
      const { decision, state } = watched(watchInput({ analysis, bakeMs }), all);
      if (decision.kind !== 'complete' || decision.verdict.kind !== 'pass') return true;
      const { requests, errors } = state.seen.whole.candidate;
      const answer = state.seen.answers.declines;
      return errors * 10_000 <= 500 * requests && !(answer && 'value' in answer && answer.value !== undefined && answer.value > 0.5);
    }), { numRuns: 500 });
  });

  it('never completes when requests came and none was answered', () => {
    fc.assert(fc.property(spec, bake, samples, (analysis, bakeMs, all) => {
      const { decision, state } = watched(watchInput({ analysis: { ...analysis, stuck: 'off' }, bakeMs }), all);
      const { begun, headed } = state.seen.whole.candidate;
      return decision.kind !== 'complete' || begun === 0 || headed > 0;
    }), { numRuns: 500 });
  });

  it('sums up the same whatever the order of the samples', () => {
    const shuffled = samples.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
    fc.assert(fc.property(shuffled, ([ordered, mixed]) => {
      const fold = (all: readonly WatchSample[]): WatchState => all.reduce((state, one) => onSample(state, one, watchInput()), startWatch(watchInput(), undefined, BEGIN));
      expect(fold(mixed).seen.whole).toEqual(fold(ordered).seen.whole);
    }));
  });

  it('keeps what travels in a heartbeat small, however long it lasts', () => {
    const input = watchInput({ analysis: { metrics } });
    let state = startWatch(input, undefined, BEGIN);
    const buckets = Array.from({ length: 25 }, () => 1_000_000);
    for (let second = 1; second <= 2_000; second += 1) {
      const slot = counted({ requests: 100, errors: 1, latency: buckets });
      state = onSample(state, { kind: 'counts', at: BEGIN + second * 1_000, missing: [], instances: [{ instance: 'a', stable: slot, candidate: slot }] }, input);
    }
    expect(JSON.stringify(progressOf(state)).length).toBeLessThan(12_000);
  });
});

function throughJson<T>(value: T): T {
  // Progress is plain data: what comes back has the same type, or the property below fails.
  return JSON.parse(JSON.stringify(value)) as T;
}
