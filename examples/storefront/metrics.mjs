const BOUNDS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** Counts requests by status and their duration, and prints both in the Prometheus text format. */
export function createMetrics(version) {
  const byStatus = new Map();
  const buckets = BOUNDS_SECONDS.map(() => 0);
  let count = 0;
  let sumSeconds = 0;
  return {
    record(status, seconds) {
      byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
      BOUNDS_SECONDS.forEach((bound, index) => { if (seconds <= bound) buckets[index] += 1; });
      count += 1;
      sumSeconds += seconds;
    },
    print(inFlight) {
      const label = `version="${version.replaceAll(/["\\\n]/g, '_')}"`;
      return [
        '# HELP storefront_requests_total Requests answered.',
        '# TYPE storefront_requests_total counter',
        ...[...byStatus].map(([status, n]) => `storefront_requests_total{${label},status="${status}"} ${n}`),
        '# HELP storefront_request_seconds Time to answer.',
        '# TYPE storefront_request_seconds histogram',
        ...BOUNDS_SECONDS.map((bound, index) => `storefront_request_seconds_bucket{${label},le="${bound}"} ${buckets[index]}`),
        `storefront_request_seconds_bucket{${label},le="+Inf"} ${count}`,
        `storefront_request_seconds_sum{${label}} ${sumSeconds}`,
        `storefront_request_seconds_count{${label}} ${count}`,
        '# HELP storefront_in_flight Requests being answered.',
        '# TYPE storefront_in_flight gauge',
        `storefront_in_flight{${label}} ${inFlight}`,
        '',
      ].join('\n');
    },
  };
}
