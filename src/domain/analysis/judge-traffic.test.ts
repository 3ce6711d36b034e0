import { describe, expect, it } from '@jest/globals';
import { BEGIN, type Counted, counts, watched } from '../../../test/support/watched.js';
import { watchInput } from '../../../test/support/watch-input.js';
import type { AnalysisSpec } from './rule.js';
import { judgeTraffic } from './judge-traffic.js';
import { NO_LOAD } from './traffic.js';
import type { WatchSample } from './watch-sample.js';

const NOTHING: Counted = { requests: 0, errors: 0 };
const shift: WatchSample = { kind: 'shifted', at: BEGIN, candidateShare: 1_000 };

const judged = (candidate: Counted, stable: Counted, analysis: Partial<AnalysisSpec> = {}) => {
  const input = watchInput({ analysis });
  return judgeTraffic(watched(input, [shift, counts(1_000, candidate, stable)]).state, input);
};

describe('the traffic of a candidate', () => {
  it('is nothing to speak of when it comes and is answered', () => {
    expect(judged({ requests: 1, errors: 0 }, { requests: 900, errors: 0 })).toBeUndefined();
  });

  it('is missing from ten requests on that it should have had', () => {
    expect(judged(NOTHING, { requests: 99, errors: 0 })).toBeUndefined();
    expect(judged(NOTHING, { requests: 100, errors: 0 })?.kind).toBe('error');
  });

  it('is counted when it begins: what is not answered is there', () => {
    expect(judged({ ...NOTHING, begun: 1 }, { requests: 900, errors: 0 })).toMatchObject({ kind: 'no-data', text: 'traffic: none of 1 requests to the candidate has been answered' });
  });

  it('is there as long as a request waits, whenever that began', () => {
    expect(judged({ ...NOTHING, load: { ...NO_LOAD, waiting: 2 } }, NOTHING)?.kind).toBe('no-data');
  });

  it('is asked for where it is required', () => {
    expect(judged(NOTHING, NOTHING, { requireTraffic: true })?.kind).toBe('no-data');
    expect(judged(NOTHING, NOTHING)).toBeUndefined();
  });
});
