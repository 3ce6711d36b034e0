import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bucketOf, LATENCY_BOUNDS_MS, type LatencyBuckets } from './latency.js';
import { isFarSlower, slowestInTime, slowPart } from './slow-share.js';

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

describe('times that are far slower', () => {
  it('are several times stable’s', () => {
    expect(isFarSlower(buckets(200), buckets(50))).toBe(true);
    expect(isFarSlower(buckets(20), buckets(2))).toBe(true);
  });

  it('are not those just beyond a bucket’s bound', () => {
    for (const [stable, candidate] of [[18, 21], [45, 55], [8, 11], [1, 3], [150, 220]] as const) expect(isFarSlower(buckets(candidate), buckets(stable))).toBe(false);
  });

  it('are at least a half more, and found from four times on', () => {
    fc.assert(fc.property(fc.integer({ min: 3, max: 2_000 }), fc.double({ min: 0.1, max: 4, noNaN: true }), (ms, times) => {
      const slower = isFarSlower(buckets(ms * (1 + times)), buckets(ms));
      if (times < 0.5) expect(slower).toBe(false);
      if (times >= 3) expect(slower).toBe(true);
    }));
  });

  it('are nothing without answers', () => {
    expect(isFarSlower([], buckets(1))).toBe(false);
    expect(isFarSlower(buckets(10), [])).toBe(false);
  });
});
