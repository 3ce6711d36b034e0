import { describe, expect, it } from '@jest/globals';
import { BEGIN, bothWell, counted, counts, probe, watched } from '../../../test/support/watched.js';
import { WEB_CHECK, watchInput } from '../../../test/support/watch-input.js';
import { NO_LOAD } from './traffic.js';
import type { WatchSample } from './watch-sample.js';
import { progressOf } from './watch-state.js';

const GOOD = { requests: 50, errors: 0 };
const BAD = { requests: 12, errors: 4 };
const NOTHING = { requests: 0, errors: 0 };

/** One reading a second, both slots well, from `fromMs` on. */
const seconds = (fromMs: number, toMs: number, traffic = GOOD): WatchSample[] => (
  Array.from({ length: (toMs - fromMs) / 1_000 }, (_, n) => fromMs + (n + 1) * 1_000).flatMap((at) => [...bothWell(at), counts(at, traffic)])
);

describe('the end of a bake', () => {
  it('comes with a pass when all of it was good', () => {
    expect(watched(watchInput(), seconds(0, 30_000)).decision.kind).toBe('complete');
  });

  it('does not come before the last reading of the counters', () => {
    expect(watched(watchInput(), [...seconds(0, 29_000), ...bothWell(30_500)]).decision.kind).toBe('go-on');
  });

  it('does not count time in which nothing could be judged', () => {
    const away: WatchSample = { ...counts(2_000, NOTHING), missing: ['instance a was not read'] };
    const { state } = watched(watchInput(), [...seconds(0, 1_000), away, ...bothWell(3_000), counts(3_000, GOOD)]);
    expect(state.bakedMs).toBe(2_000);
  });

  it('does not count hours in which the machine slept', () => {
    const { state } = watched(watchInput(), [...seconds(0, 2_000), ...bothWell(7_200_000), counts(7_200_000, GOOD)]);
    expect(state.bakedMs).toBe(5_000);
  });

  it('waits for more data and passes as soon as there is enough', () => {
    const { decision, state } = watched(watchInput(), [...seconds(0, 30_000, { requests: 0, errors: 0 }).map((sample) => withStable(sample)), ...bothWell(41_000), counts(41_000, GOOD)]);
    expect(decision.kind).toBe('complete');
    expect(state.extendedMs).toBe(60_000);
  });

  it.each([['ask', 'no-data'], ['pass', 'complete'], ['rollback', 'breach']] as const)('without data, and `%s`, ends as %s', (then, kind) => {
    const samples = seconds(0, 90_000, NOTHING).map((sample) => withStable(sample));
    const { decision } = watched(watchInput({ analysis: { noData: { waitMs: 60_000, then } } }), samples);
    expect(decision).toMatchObject({ kind, verdict: { kind: 'no-data' } });
  });

  it('passes on health alone when nobody uses either slot', () => {
    expect(watched(watchInput(), seconds(0, 30_000, NOTHING)).decision.kind).toBe('complete');
  });

  it('does not pass on health alone where the rate before says that requests should come', () => {
    const input = (perSecond: number) => watchInput({ known: { perSecond }, analysis: { noData: { waitMs: 0, then: 'ask' } } });
    const shift: WatchSample = { kind: 'shifted', at: BEGIN, candidateShare: 1_000 };
    expect(watched(input(4), [shift, ...seconds(0, 30_000, NOTHING)]).decision.kind).toBe('no-data');
    expect(watched(input(3), [shift, ...seconds(0, 30_000, NOTHING)]).decision.kind).toBe('complete');
  });

  it.each([['ask', 'no-data'], ['pass', 'no-data'], ['rollback', 'breach']] as const)('never comes with a pass when nobody was answered: with `%s` it is %s', (then, kind) => {
    const one: WatchSample = counts(1_000, { requests: 0, errors: 0, begun: 1, load: { ...NO_LOAD, waiting: 1 } });
    const waiting = (at: number): WatchSample => counts(at, { ...NOTHING, load: { ...NO_LOAD, waiting: 1 } });
    const rest = Array.from({ length: 40 }, (_, n) => (n + 2) * 1_000).flatMap((at) => [...bothWell(at), waiting(at)]);
    const input = watchInput({ analysis: { stuck: 'off', metrics: {}, noData: { waitMs: 3_000, then } } });
    expect(watched(input, [...bothWell(500), counts(500, NOTHING), one, ...rest]).decision).toMatchObject({ kind, verdict: { kind: 'no-data' } });
  });

  it('does not come while requests wait and none has just been answered', () => {
    const hung = (at: number, waiting: number): WatchSample => counts(at, { ...NOTHING, begun: 3, load: { ...NO_LOAD, waiting } }, { requests: 100, errors: 0 });
    const { decision } = watched(watchInput(), [...seconds(0, 28_000).map((sample) => withStable(sample)), hung(29_000, 3), ...bothWell(29_500), hung(30_000, 4), hung(31_000, 5)]);
    expect(decision.kind).toBe('go-on');
  });

  it('asks for traffic where it is required', () => {
    const input = watchInput({ analysis: { requireTraffic: true, metrics: {}, noData: { waitMs: 0, then: 'ask' } } });
    expect(watched(input, seconds(0, 30_000, NOTHING)).decision.kind).toBe('no-data');
  });

  it('waits for the first probe, however short the bake', () => {
    const input = watchInput({ bakeMs: 0, analysis: { noData: { waitMs: 0, then: 'ask' } } });
    expect(watched(input, [counts(10, NOTHING), counts(20, NOTHING)]).decision.kind).toBe('go-on');
    expect(watched(input, [counts(10, NOTHING), ...bothWell(20), counts(30, NOTHING)]).decision.kind).toBe('complete');
  });

  it('is not decided by the first reading, which only says from where to count', () => {
    const input = watchInput({ bakeMs: 0, analysis: { noData: { waitMs: 0, then: 'ask' } } });
    expect(watched(input, [...bothWell(5), counts(10, NOTHING)]).decision.kind).toBe('go-on');
  });

  it('never comes by itself when it is open-ended', () => {
    expect(watched(watchInput({ bakeMs: null }), seconds(0, 300_000)).decision.kind).toBe('go-on');
  });
});

describe('a share of which nothing arrives', () => {
  const shift: WatchSample = { kind: 'shifted', at: BEGIN, candidateShare: 1_000 };
  const lost = (perSecond: number) => seconds(0, 90_000, NOTHING).map((sample) => withStable(sample, perSecond));
  const input = watchInput({ analysis: { metrics: {}, noData: { waitMs: 20_000, then: 'pass' } } });

  it('is an error and no pass, although stable gets its part', () => {
    expect(watched(input, [shift, ...lost(50)]).decision).toMatchObject({ kind: 'error', pull: false });
  });

  it('is nothing to speak of where stable gets little', () => {
    expect(watched(input, [shift, ...lost(1)]).decision.kind).toBe('complete');
  });

  it('is forgotten with the first request', () => {
    expect(watched(input, [shift, ...lost(50).slice(0, 15), counts(6_000, { requests: 1, errors: 0 })]).state.errorSince).toBeUndefined();
  });

  it('does not close a gate that waits for judging to work again', () => {
    expect(watched({ ...input, bakeMs: null, endsOnceJudged: true }, [shift, ...lost(50)]).decision.kind).toBe('go-on');
  });

  it('does not end a watch that waits for people', () => {
    expect(watched({ ...input, bakeMs: null }, [shift, ...lost(50)]).state.verdict?.kind).toBe('pass');
  });
});

describe('a breach', () => {
  it('is pulled at the sample that shows it', () => {
    const { decision, state } = watched(watchInput(), [...bothWell(500), counts(1_000, BAD), ...seconds(1_000, 5_000)]);
    expect(decision).toMatchObject({ kind: 'breach', pull: true, verdict: { kind: 'fail' } });
    expect(state.samples).toBe(1);
  });

  it('is asked about, and not pulled, where people decide', () => {
    expect(watched(watchInput({ analysis: { onBreach: 'ask' } }), [...bothWell(500), counts(1_000, BAD)]).decision).toMatchObject({ kind: 'breach', pull: false });
  });

  it('pulls nothing while stable is down', () => {
    const { decision } = watched(watchInput(), [probe(500, 'stable', 'unwell'), counts(1_000, BAD)]);
    expect(decision).toMatchObject({ kind: 'stable-down', verdict: { kind: 'error' } });
  });

  it('is pulled when stable’s failed probe is more than two periods old', () => {
    expect(watched(watchInput(), [probe(500, 'stable', 'unwell'), counts(2_501, BAD)]).decision).toMatchObject({ kind: 'breach', pull: true });
  });

  it('pulls nothing when nothing is stable yet', () => {
    const input = watchInput();
    const first = { ...input, slots: { ...input.slots, stable: { ...input.slots.stable, instances: [], health: {} } } };
    expect(watched(first, [probe(500, 'candidate', 'well'), counts(1_000, BAD)]).decision).toMatchObject({ kind: 'no-stable', verdict: { kind: 'fail' } });
  });

  it('of a rule that was waved through is shown and ends nothing', () => {
    const { decision, state } = watched(watchInput({ waived: ['errors'] }), [...bothWell(500), counts(1_000, BAD)]);
    expect(decision.kind).toBe('go-on');
    expect(state.verdict?.findings.find(({ rule }) => rule === 'errors')?.text).toContain('4 of 12');
  });
});

describe('health', () => {
  const unwell = (n: number, stable: 'well' | 'unwell'): WatchSample[] => (
    Array.from({ length: n }, (_, i) => (i + 1) * 1_000).flatMap((at) => [probe(at, 'stable', stable), probe(at, 'candidate', 'unwell')])
  );

  it('fails after as many failed probes as the check says', () => {
    expect(watched(watchInput(), unwell(2, 'well')).decision.kind).toBe('go-on');
    expect(watched(watchInput(), unwell(3, 'well')).decision).toMatchObject({ kind: 'breach', pull: true });
  });

  it('is an error, not a failure, when stable does not answer this worker either', () => {
    expect(watched(watchInput(), unwell(5, 'unwell')).state.verdict?.kind).toBe('error');
  });

  it('is no failure when stable answers first after a time in which the worker reached neither slot', () => {
    const { decision, state } = watched(watchInput(), [...unwell(5, 'unwell'), probe(6_000, 'stable', 'well')]);
    expect(decision.kind).toBe('go-on');
    expect(state.verdict?.kind).toBe('no-data');
  });

  it('fails after such a time once the candidate has failed often enough beside a stable that answers', () => {
    const after = (n: number) => Array.from({ length: n }, (_, i) => 6_000 + i * 1_000).flatMap((at) => [probe(at, 'stable', 'well'), probe(at, 'candidate', 'unwell')]);
    expect(watched(watchInput(), [...unwell(5, 'unwell'), ...after(2)]).decision.kind).toBe('go-on');
    expect(watched(watchInput(), [...unwell(5, 'unwell'), ...after(3)]).decision).toMatchObject({ kind: 'breach', pull: true });
  });

  it('goes on with a note when only stable is down', () => {
    const { decision, state } = watched(watchInput(), [probe(1_000, 'stable', 'unwell'), probe(1_000, 'candidate', 'well')]);
    expect(decision.kind).toBe('go-on');
    expect(Object.values(state.seen.notes)).toEqual(['stable is down']);
  });

  it('drops the note when stable is back', () => {
    const { state } = watched(watchInput(), [probe(1_000, 'stable', 'unwell'), probe(2_000, 'stable', 'well')]);
    expect(state.seen.notes).toEqual({});
  });

  it('does not pass while a probe has just failed', () => {
    const { decision } = watched(watchInput(), [...seconds(0, 29_000), probe(29_500, 'candidate', 'unwell'), counts(30_000, GOOD)]);
    expect(decision.kind).toBe('go-on');
  });

  it('is an error when a check cannot be carried out', () => {
    expect(watched(watchInput(), [probe(1_000, 'stable', 'well'), probe(1_000, 'candidate', 'unasked')]).state.verdict?.kind).toBe('error');
  });

  it('notes an answer slower than the warning', () => {
    const input = watchInput();
    const candidate = { ...input.slots.candidate, health: { web: { ...WEB_CHECK, slow: { warningMs: 200 } } } };
    const slow: WatchSample = { kind: 'probe', at: BEGIN, role: 'candidate', check: 'web', answers: [{ instance: 'c-1', outcome: 'well', tookMs: 350 }] };
    const { state } = watched({ ...input, slots: { ...input.slots, candidate } }, [slow]);
    expect(Object.values(state.seen.notes)).toHaveLength(1);
  });
});

describe('errors', () => {
  const away = (at: number): WatchSample[] => [...bothWell(at), { ...counts(at, NOTHING), missing: ['instance a was not read'] }];
  const long = (toMs: number) => Array.from({ length: toMs / 1_000 }, (_, n) => (n + 1) * 1_000).flatMap(away);

  it('are borne until there is no hope, then end the bake', () => {
    expect(watched(watchInput(), long(60_000)).decision.kind).toBe('go-on');
    expect(watched(watchInput(), long(62_000)).decision).toMatchObject({ kind: 'error', pull: false });
  });

  it('take the candidate back where the policy says so', () => {
    expect(watched(watchInput({ analysis: { onError: 'rollback' } }), long(62_000)).decision).toMatchObject({ kind: 'error', pull: true });
  });

  it('are forgotten at the next judgment', () => {
    expect(watched(watchInput(), [...long(5_000), ...bothWell(6_000), counts(6_000, GOOD)]).state.errorSince).toBeUndefined();
  });

  it('hold an open-ended watch without ending it', () => {
    expect(watched(watchInput({ bakeMs: null }), long(120_000)).decision.kind).toBe('go-on');
  });

  it('do not hide a breach on the instances that can be read', () => {
    const sample: WatchSample = { ...counts(1_000, BAD), missing: ['instance b was not read'] };
    expect(watched(watchInput(), [...bothWell(500), sample]).decision.kind).toBe('breach');
  });

  it('do not come from a router instance that is still being shifted', () => {
    const shift = { entry: { stable: 'blue', phase: 'moving', generation: '01D.1', candidateShare: 1_000, baselineShare: 0, deployment: '01C' }, base: '01C.9', clearOthers: true, timeoutMs: 30_000 } as const;
    expect(watched(watchInput({ shift }), long(120_000)).decision.kind).toBe('go-on');
  });
});

describe('a watch that waits for a judgment', () => {
  const waiting = watchInput({ bakeMs: null, endsOnceJudged: true });
  const away = (at: number): WatchSample[] => [...bothWell(at), { ...counts(at, NOTHING), missing: ['instance a was not read'] }];

  it('goes on while nothing can be judged', () => {
    expect(watched(waiting, Array.from({ length: 60 }, (_, n) => (n + 1) * 1_000).flatMap(away)).decision.kind).toBe('go-on');
  });

  it('is complete once it could be judged for a while, and not at the first good reading', () => {
    expect(watched(waiting, [...away(1_000), ...seconds(1_000, 3_000)]).decision.kind).toBe('go-on');
    expect(watched(waiting, [...away(1_000), ...seconds(1_000, 4_000)]).decision).toMatchObject({ kind: 'complete', verdict: { kind: 'pass' } });
  });

  it('does not wait for more data than a judgment needs', () => {
    expect(watched(waiting, [...away(1_000), ...seconds(1_000, 4_000, { requests: 1, errors: 0 })]).decision).toMatchObject({ kind: 'complete', verdict: { kind: 'no-data' } });
  });

  it('finds a breach as any other does', () => {
    expect(watched(waiting, [...bothWell(500), counts(1_000, BAD)]).decision).toMatchObject({ kind: 'breach', pull: true });
  });

  it('is not followed by a bake that is out of patience from its first moment', () => {
    const before = watched(watchInput(), Array.from({ length: 62 }, (_, n) => (n + 1) * 1_000).flatMap(away));
    expect(before.decision.kind).toBe('error');
    expect(watched(watchInput({ progress: progressOf(before.state) }), away(70_000)).decision.kind).toBe('go-on');
  });
});

function withStable(sample: WatchSample, requests = 100): WatchSample {
  return sample.kind === 'counts' ? { ...sample, instances: sample.instances.map((one) => ({ ...one, stable: counted({ requests, errors: 0 }) })) } : sample;
}
