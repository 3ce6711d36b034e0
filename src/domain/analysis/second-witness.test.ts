import { describe, expect, it } from '@jest/globals';
import { BEGIN, counts, probe, watched } from '../../../test/support/watched.js';
import { watchInput } from '../../../test/support/watch-input.js';
import { beginAt } from './doubts.js';
import { NO_LOAD } from './traffic.js';
import type { WatchSample } from './watch-sample.js';
import { progressOf, startWatch, type WatchState } from './watch-state.js';

const CANDIDATE = '127.0.0.1:9002';
const input = watchInput({ bakeMs: null, analysis: { metrics: {} } });
const at = (worker: string, after?: WatchState): WatchState => beginAt(worker, startWatch(input, after && progressOf(after), BEGIN));

/** The candidate gives so many answers, and errors, in a second. */
const heads = (ms: number, headed: number, errors = 0): WatchSample => (
  counts(ms, { requests: headed, errors, load: { ...NO_LOAD, servers: [{ address: CANDIDATE, inFlight: 0, attempts: headed, headed }] } }, { requests: 100, errors: 0 })
);
const split = (ms: number, down: readonly string[] = []): WatchSample => ({ kind: 'split', at: BEGIN + ms, strangers: {}, gaps: {}, down });
const silent = (ms: number): WatchSample => {
  const sample = probe(ms, 'candidate', 'unwell');
  return { ...sample, answers: sample.answers.map((answer) => ({ ...answer, unreached: true })) };
};

interface Seconds {
  readonly headed?: number;
  readonly errors?: number;
  readonly down?: readonly string[];
  readonly candidate?: (ms: number) => WatchSample;
}

/** So many seconds of probes that stable answers and the candidate does not, beside what the routers say. */
const seconds = (n: number, { headed = 10, errors = 0, down = [], candidate = silent }: Seconds = {}, fromMs = 0): WatchSample[] => (
  Array.from({ length: n }, (_, i) => fromMs + (i + 1) * 1_000).flatMap((ms) => [heads(ms - 500, headed, errors), probe(ms - 10, 'stable', 'well'), split(ms - 5, down), candidate(ms), split(ms + 5, down)])
);

describe('a candidate that only this worker cannot reach', () => {
  it('is not judged by it, and never pulled', () => {
    const { state, decision } = watched(input, seconds(20), at('a'));
    expect(decision.kind).toBe('go-on');
    expect(state.verdict?.kind).toBe('error');
    expect(state.errorSince).toBeDefined();
    expect(state.seen.notes['doubt']).toBeDefined();
  });

  it('is good again as soon as another worker reaches it', () => {
    const first = watched(input, seconds(5), at('a'));
    const well = seconds(2, { candidate: (ms) => probe(ms, 'candidate', 'well') }, 5_000);
    const { state } = watched(input, well, at('b', first.state));
    expect(state.verdict?.kind).toBe('pass');
    expect(state.seen.doubts).toBeUndefined();
  });

  it('is pulled when another worker cannot reach it either', () => {
    const first = watched(input, seconds(5), at('a'));
    expect(watched(input, seconds(2, {}, 5_000), at('b', first.state)).decision.kind).toBe('go-on');
    expect(watched(input, seconds(3, {}, 5_000), at('b', first.state)).decision).toMatchObject({ kind: 'breach', pull: true });
  });

  it('is not pulled when the same worker gets the watch again, and not forgotten while it looks', () => {
    const first = watched(input, seconds(5), at('a'));
    const { state, decision } = watched(input, seconds(2, {}, 5_000), at('a', first.state));
    expect(decision.kind).toBe('go-on');
    expect(state.errorSince).toBe(first.state.errorSince);
    expect(watched(input, seconds(8, {}, 5_000), at('a', first.state)).state.verdict?.kind).toBe('error');
  });

  it('is taken to people where nobody else looks for too long', () => {
    const patient = watchInput({ analysis: { metrics: {}, noData: { waitMs: 10_000, then: 'ask' } } });
    expect(watched(patient, seconds(20), at('a')).decision).toMatchObject({ kind: 'error', pull: false });
  });
});

describe('a candidate is pulled by its probes alone', () => {
  const pulled = { kind: 'breach', pull: true };

  it('when it answered, wrongly', () => {
    expect(watched(input, seconds(3, { candidate: (ms) => probe(ms, 'candidate', 'unwell') }), at('a')).decision).toMatchObject(pulled);
  });

  it('when a router has it down', () => {
    expect(watched(input, seconds(3, { down: [CANDIDATE] }), at('a')).decision).toMatchObject(pulled);
  });

  it('when users get no answer from it', () => {
    expect(watched(input, seconds(3, { headed: 0 }), at('a')).decision).toMatchObject(pulled);
  });

  it('when users get errors', () => {
    expect(watched(input, seconds(3, { errors: 1 }), at('a')).decision).toMatchObject(pulled);
  });

  it('when no router was read', () => {
    const unread = seconds(3).filter(({ kind }) => kind !== 'split');
    expect(watched(input, unread, at('a')).decision).toMatchObject(pulled);
  });

  it('when its last answers to users are from before its probes failed', () => {
    const samples = [heads(500, 10), probe(900, 'stable', 'well'), split(950), silent(1_000), probe(1_100, 'stable', 'well'), silent(1_200), heads(1_500, 10), silent(1_400)];
    expect(watched(input, samples, at('a')).decision).toMatchObject(pulled);
  });

  it('as soon as it answers users no more', () => {
    const { decision } = watched(input, [...seconds(5), ...seconds(6, { headed: 0 }, 5_000)], at('a'));
    expect(decision).toMatchObject(pulled);
  });
});
