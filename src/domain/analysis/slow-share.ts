import type { LatencyBuckets } from './latency.js';
import type { Part } from './proportions.js';

/** The share of stable's heads that came in time. */
const IN_TIME = 0.9;

/**
 * The bucket whose upper bound is the first at or above stable's p90: what lies in a later bucket is slow.
 *
 * @returns undefined without heads, and where p90 lies in the last bucket, which has no bound.
 */
export function slowestInTime(stable: LatencyBuckets): number | undefined {
  const { of } = slowPart(stable, -1);
  let sum = 0;
  const bucket = stable.findIndex((count) => {
    sum += count;
    return of > 0 && sum >= IN_TIME * of;
  });
  return bucket === -1 || bucket >= stable.length - 1 ? undefined : bucket;
}

/** The heads that came later than the bucket's upper bound, of all. */
export function slowPart(buckets: LatencyBuckets, bucket: number): Part {
  const count = (from: number): number => buckets.slice(from).reduce((sum, one) => sum + one, 0);
  return { hits: count(bucket + 1), of: count(0) };
}
