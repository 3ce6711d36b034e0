import { describe, expect, it } from '@jest/globals';
import { BEGIN, counts, watched } from '../../../test/support/watched.js';
import { watchInput } from '../../../test/support/watch-input.js';
import { knownAfter } from './known-traffic.js';
import { answered } from './traffic.js';
import type { WatchSample } from './watch-sample.js';

const STEADY = Array.from({ length: 11 }, (_, n) => counts(n * 1_000, { requests: 1, errors: 0 }, { requests: 9, errors: 0 }));
const shifted = (candidateShare: number): WatchSample => ({ kind: 'shifted', at: BEGIN, candidateShare });
const known = (samples: readonly WatchSample[], input = watchInput({ bakeMs: null })) => knownAfter(watched(input, samples).state.seen);

describe('what a watch hands to the next one', () => {
  it('is the rate of both slots together, what stable did and how long its requests wait', () => {
    expect(known([shifted(1_000), ...STEADY])).toMatchObject({ perSecond: 11, stable: { begun: 99 }, stableWaitMs: 0 });
  });

  it('is what stable did before, where the candidate has everything', () => {
    const before = { perSecond: 7, stable: answered({ requests: 700, errors: 0 }) };
    expect(known([shifted(10_000), ...STEADY], watchInput({ bakeMs: null, known: before }))).toMatchObject({ perSecond: 11, stable: { begun: 700 } });
  });

  it('is nothing after a moment that gives no rate', () => {
    expect(known([shifted(1_000), ...STEADY.slice(0, 3)])).toBeUndefined();
  });

  it('begins with what happened since the deployment read the counters, which is not judged', () => {
    const reading = counts(0, { requests: 0, errors: 0 }, { requests: 600, errors: 30 });
    const { state } = watched(watchInput({ bakeMs: null }), [{ kind: 'opened', at: BEGIN, passedMs: 60_000, counts: reading }]);
    expect(state.seen.known).toMatchObject({ perSecond: 10, stable: { errors: 30 } });
    expect(state.seen.whole.stable.requests).toBe(0);
  });

  it('says nothing of a router instance that was away at first', () => {
    const reading = { ...counts(0, { requests: 0, errors: 0 }), missing: ['instance b was not read'], marks: { a: '1', b: 'old' } };
    const { state } = watched(watchInput({ bakeMs: null }), [{ kind: 'opened', at: BEGIN, passedMs: 60_000, counts: reading }]);
    expect(state.seen.known).toBeUndefined();
    expect(state.seen.marks).toEqual({ a: '1' });
  });
});
