import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bucketOf, LATENCY_BOUNDS_MS, type LatencyBuckets } from './latency.js';
import { slowestInTime, slowPart } from './slow-share.js';

const buckets = (...times: number[]): LatencyBuckets => {
  const counts = Array.from({ length: LATENCY_BOUNDS_MS.length + 1 }, () => 0);
  for (const ms of times) counts[bucketOf(ms)] = (counts[bucketOf(ms)] ?? 0) + 1;
  return counts;
};
const boundOf = (times: LatencyBuckets): number | undefined => {
  const bucket = slowestInTime(times);
  return bucket === undefined ? undefined : LATENCY_BOUNDS_MS[bucket];
};

describe('what counts as slow', () => {
  it('is what comes later than the bucket of stable’s p90', () => {
    expect(boundOf(buckets(...Array.from({ length: 9 }, () => 40), 900))).toBe(50);
    expect(boundOf(buckets(...Array.from({ length: 8 }, () => 40), 900, 900))).toBe(1_000);
  });

  it('is nothing without answers of stable, and none where they take longer than any bound', () => {
    expect(boundOf([])).toBeUndefined();
    expect(boundOf(buckets())).toBeUndefined();
    expect(boundOf(buckets(90_000, 90_000))).toBeUndefined();
  });

  it('is at most a tenth of stable’s own', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 1, maxLength: 200 }), (times) => {
      const stable = buckets(...times);
      const bucket = slowestInTime(stable);
      if (bucket === undefined) return;
      const { hits, of } = slowPart(stable, bucket);
      expect(of).toBe(times.length);
      expect(hits * 10).toBeLessThanOrEqual(of);
    }));
  });
});
