/** Upper bounds in ms of the buckets in which routers count latencies; the last bucket is open. */
export const LATENCY_BOUNDS_MS: readonly number[] = [
  1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 10_000, 30_000,
];

/** Counts per bucket, one longer than the bounds. */
export type LatencyBuckets = readonly number[];

/** Of no request. */
export const NO_TIMES: LatencyBuckets = LATENCY_BOUNDS_MS.concat(0).map(() => 0);

export function bucketOf(ms: number): number {
  const index = LATENCY_BOUNDS_MS.findIndex((bound) => ms <= bound);
  return index === -1 ? LATENCY_BOUNDS_MS.length : index;
}

export function addTimes(a: LatencyBuckets, b: LatencyBuckets): LatencyBuckets {
  return a.map((count, index) => count + (b[index] ?? 0));
}

export function addBuckets(a: LatencyBuckets | undefined, b: LatencyBuckets | undefined): LatencyBuckets | undefined {
  return a && b ? addTimes(a, b) : a ?? b;
}

/**
 * The latency in ms that the share `quantile` of all requests stayed under, interpolated within its bucket.
 *
 * @returns undefined without requests.
 */
export function latencyAt(buckets: LatencyBuckets, quantile: number): number | undefined {
  const total = buckets.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  let left = quantile * total;
  for (const [index, count] of buckets.entries()) {
    if (count > 0 && left <= count) return interpolate(index, left / count);
    left -= count;
  }
  return LATENCY_BOUNDS_MS.at(-1);
}

function interpolate(index: number, part: number): number {
  const low = LATENCY_BOUNDS_MS[index - 1] ?? 0;
  const high = LATENCY_BOUNDS_MS[index] ?? low;
  return low + (high - low) * part;
}
