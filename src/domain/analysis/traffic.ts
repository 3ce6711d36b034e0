import { addBuckets, type LatencyBuckets } from './latency.js';

/** What one slot answered in some stretch of time. */
export interface Traffic {
  readonly requests: number;
  readonly errors: number;
  /** Only where the router counts latencies. */
  readonly latency?: LatencyBuckets;
}

export const NO_TRAFFIC: Traffic = { requests: 0, errors: 0 };

export function addTraffic(a: Traffic, b: Traffic): Traffic {
  const latency = addBuckets(a.latency, b.latency);
  return { requests: a.requests + b.requests, errors: a.errors + b.errors, ...(latency && { latency }) };
}
