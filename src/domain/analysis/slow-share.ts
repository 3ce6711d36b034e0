import { LATENCY_BOUNDS_MS, type LatencyBuckets } from './latency.js';
import type { Part } from './proportions.js';

/** The share of stable's heads that came in time. */
const IN_TIME = 0.9;

/** Where three in four heads of a slot lie tells one that is several times slower from one that lies just beyond a bound. */
const MOST = 0.75;
const TIMES_STABLE = 1.5;
const LEAST_LATER_MS = 5;

/**
 * The bucket whose upper bound is the first at or above stable's p90: what lies in a later bucket is slow.
 *
 * @returns undefined without heads, and where p90 lies in the last bucket, which has no bound.
 */
export function slowestInTime(stable: LatencyBuckets): number | undefined {
  const bucket = bucketWithin(stable, IN_TIME);
  return bucket === -1 || bucket >= stable.length - 1 ? undefined : bucket;
}

/**
 * Whether the candidate's times are far from stable's, and not only on the other side of a bucket's bound: of times that hardly differ among
 * themselves, a twentieth more may put all of them there. By the bounds nearest to each other, so that it is never less than a half more.
 */
export function isFarSlower(candidate: LatencyBuckets, stable: LatencyBuckets): boolean {
  const atLeastMs = LATENCY_BOUNDS_MS[bucketWithin(candidate, MOST) - 1] ?? 0;
  const atMostMs = LATENCY_BOUNDS_MS[bucketWithin(stable, MOST)] ?? Infinity;
  return atLeastMs > TIMES_STABLE * atMostMs && atLeastMs >= atMostMs + LEAST_LATER_MS;
}

/** @returns the first bucket up to which so large a share of the heads came; -1 without any */
function bucketWithin(buckets: LatencyBuckets, share: number): number {
  const { of } = slowPart(buckets, -1);
  let sum = 0;
  return buckets.findIndex((count) => {
    sum += count;
    return of > 0 && sum >= share * of;
  });
}

/** The heads that came later than the bucket's upper bound, of all. */
export function slowPart(buckets: LatencyBuckets, bucket: number): Part {
  const count = (from: number): number => buckets.slice(from).reduce((sum, one) => sum + one, 0);
  return { hits: count(bucket + 1), of: count(0) };
}
