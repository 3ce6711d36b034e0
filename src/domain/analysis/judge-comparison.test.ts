import { describe, expect, it } from '@jest/globals';
import { bothWell, counts, watched } from '../../../test/support/watched.js';
import { watchInput } from '../../../test/support/watch-input.js';
import { bucketOf, LATENCY_BOUNDS_MS } from './latency.js';
import { answered, type AnsweredTraffic } from './traffic.js';
import type { WatchSample } from './watch-sample.js';
import { BEGIN } from '../../../test/support/watched.js';

const compared = { metrics: {}, minRequests: 0 };
const share = (candidateShare: number): WatchSample => ({ kind: 'shifted', at: BEGIN, candidateShare });

/** So many answers, all after about as long, of which some are 4xx. */
const slot = (requests: number, { clientErrors = 0, ms = 40 }: { clientErrors?: number; ms?: number } = {}): AnsweredTraffic => {
  const latency = LATENCY_BOUNDS_MS.concat(0).map((_, bucket) => (bucket === bucketOf(ms) ? requests : 0));
  return { requests, errors: 0, clientErrors, latency };
};

const seconds = (n: number, candidate: AnsweredTraffic, stable = slot(100)): WatchSample[] => (
  Array.from({ length: n }, (_, i) => (i + 1) * 1_000).flatMap((at) => [...bothWell(at), counts(at, candidate, stable)])
);
const canary = (samples: readonly WatchSample[], changes: Parameters<typeof watchInput>[0] = {}) => (
  watched(watchInput({ ...changes, analysis: { ...compared, ...changes.analysis } }), [share(1_000), ...samples])
);
const textsOf = ({ state }: ReturnType<typeof watched>) => state.verdict?.findings.filter(({ rule }) => rule.startsWith('compare/')).map(({ text }) => text);

describe('the comparison of 4xx with stable', () => {
  it('fails at the third reading in which the candidate’s share is far above stable’s', () => {
    const bad = slot(20, { clientErrors: 20 });
    expect(canary(seconds(2, bad)).decision.kind).toBe('go-on');
    expect(canary(seconds(3, bad)).decision).toMatchObject({ kind: 'breach', pull: true });
  });

  it('counts over the whole step, so that few requests a second are enough', () => {
    expect(canary(seconds(21, slot(1, { clientErrors: 1 }))).decision.kind).toBe('go-on');
    expect(canary(seconds(22, slot(1, { clientErrors: 1 }))).decision).toMatchObject({ kind: 'breach', pull: true });
  });

  it('asks people, whatever `onBreach` says, where it is above by less', () => {
    const doubtful = slot(50, { clientErrors: 15 });
    for (const onBreach of ['rollback', 'ask'] as const) {
      const { decision } = canary(seconds(3, doubtful), { analysis: { ...compared, onBreach } });
      expect(decision).toMatchObject({ kind: 'breach', pull: false, verdict: { kind: 'fail', findings: expect.arrayContaining([expect.objectContaining({ asks: true })]) } });
    }
  });

  it('asks no more once people have waved it through, and still fails far above stable', () => {
    const waived = ['compare/client-errors-ask'];
    expect(canary(seconds(5, slot(50, { clientErrors: 15 })), { waived }).decision.kind).toBe('go-on');
    expect(canary(seconds(5, slot(50, { clientErrors: 50 })), { waived }).decision).toMatchObject({ kind: 'breach', pull: true });
  });

  it('neither fails nor asks any more once the greater excess was waved through', () => {
    expect(canary(seconds(5, slot(50, { clientErrors: 50 })), { waived: ['compare/client-errors'] }).decision.kind).toBe('go-on');
  });

  it('says nothing against a candidate whose users get as many as stable’s', () => {
    const { decision } = canary(seconds(30, slot(20, { clientErrors: 18 }), slot(100, { clientErrors: 90 })));
    expect(decision.kind).toBe('complete');
  });

  it('never holds a candidate back for want of requests', () => {
    expect(canary(seconds(30, slot(0), slot(1))).decision.kind).toBe('complete');
  });

  it('is not made where it is off, and not of a first release', () => {
    const bad = seconds(10, slot(20, { clientErrors: 20 }));
    expect(canary(bad, { analysis: { ...compared, compare: 'off' } }).decision.kind).toBe('go-on');
    const { slots } = watchInput();
    const first = { slots: { ...slots, stable: { ...slots.stable, instances: [] } } };
    expect(canary(bad, first).decision.kind).toBe('go-on');
    expect(textsOf(canary(bad, first))).toEqual([]);
  });
});

describe('the comparison of times with stable', () => {
  const cold = seconds(5, slot(20, { ms: 400 }));

  it('leaves out the candidate’s first hundred answers', () => {
    expect(canary(cold).decision.kind).toBe('go-on');
    expect(canary([...cold, ...after(5, seconds(25, slot(20)))]).decision.kind).toBe('complete');
  });

  it('fails at the third reading in which far more than stable’s tenth is slow', () => {
    const slow = seconds(3, slot(20, { ms: 400 }));
    expect(canary([...cold, ...after(5, slow.slice(0, -1))]).decision.kind).toBe('go-on');
    expect(canary([...cold, ...after(5, slow)]).decision).toMatchObject({ kind: 'breach', pull: true });
  });

  it('finds what is slow only lately, after a good hour', () => {
    const good = seconds(3_600, slot(20));
    const late = after(3_600, seconds(10, slot(20, { ms: 400 })));
    const input = { bakeMs: 7_200_000, analysis: { ...compared, windowMs: 10_000 } };
    expect(canary([...good, ...late], input).decision).toMatchObject({ kind: 'breach', pull: true });
  });

  it('judges no times where the router counts none, and says so', () => {
    const plain = { requests: 20, errors: 0 };
    const without = canary(seconds(10, plain, plain));
    expect(textsOf(without)).toHaveLength(1);
    expect(Object.keys(without.state.seen.notes)).toEqual(['compare/times']);
    expect(canary(seconds(10, slot(20), slot(20))).state.seen.notes).toEqual({});
  });
});

describe('at 100 %', () => {
  const known = { perSecond: 100, stable: answered({ requests: 1_000, errors: 0, clientErrors: 20, latency: slot(1_000).latency ?? [] }) };
  const all = (samples: readonly WatchSample[], changes: Parameters<typeof watchInput>[0]) => watched(watchInput({ bakeMs: 600_000, analysis: compared, ...changes }), [share(10_000), ...samples]);

  it('stable is what it was before', () => {
    expect(all(seconds(3, slot(100, { clientErrors: 100 }), slot(0)), { known }).decision).toMatchObject({ kind: 'breach', pull: true });
    expect(all(seconds(4, slot(100, { ms: 400 }), slot(0)), { known }).decision).toMatchObject({ kind: 'breach', pull: true });
  });

  it('what still comes to stable’s slot is not taken for its traffic', () => {
    expect(all(seconds(9, slot(100, { clientErrors: 90 }), slot(50, { clientErrors: 45 })), { known }).decision).toMatchObject({ kind: 'breach' });
  });

  it('nothing is decided where nothing is known of stable, and that is said', () => {
    const { decision, state } = all(seconds(9, slot(100, { clientErrors: 100 }), slot(0)), {});
    expect(decision.kind).toBe('go-on');
    expect(Object.keys(state.seen.notes)).toEqual(['compare']);
  });

  it('nothing is said of a service that nobody uses', () => {
    expect(all(seconds(9, slot(0), slot(0)), {}).state.seen.notes).toEqual({});
  });
});

/** The same samples so many seconds later. */
function after(second: number, samples: readonly WatchSample[]): WatchSample[] {
  return samples.map((sample) => ({ ...sample, at: sample.at + second * 1_000 }));
}
