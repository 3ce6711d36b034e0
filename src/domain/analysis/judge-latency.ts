import { formatDuration } from '../duration.js';
import { latencyAt } from './latency.js';
import { breachedLimit, formatMeasure, limitText, shownLimit } from './limit.js';
import type { Bounds, NamedRule, Samples } from './samples.js';
import type { Traffic } from './traffic.js';
import type { Finding } from './verdict.js';

export interface LatencyMeasure {
  readonly label: string;
  /** 0 to 1. */
  readonly quantile: number;
}

/** Judges a latency, over the whole bake and over the recent past. Of fewer than `minRequests` it neither fails nor passes: single slow answers are no quantile. */
export function judgeLatency(samples: Samples, named: NamedRule, bounds: Bounds, measure: LatencyMeasure): Finding {
  const whole = latencyFinding(samples.whole, named, bounds, measure);
  if (whole.kind === 'fail' || whole.kind === 'error') return whole;
  const recent = latencyFinding(samples.recent, named, bounds, measure);
  return recent.kind === 'fail' ? { ...recent, text: `${recent.text}, in the last ${formatDuration(bounds.windowMs)}` } : whole;
}

function latencyFinding({ requests, latency }: Traffic, { name, rule }: NamedRule, { minRequests }: Bounds, { label, quantile }: LatencyMeasure): Finding {
  const head = { rule: name, ...shownLimit(rule) };
  if (requests === 0 || requests < minRequests) return { ...head, kind: 'no-data', text: `${name} ${label} of ${requests} requests (needs ${Math.max(1, minRequests)})` };
  const value = latency && latencyAt(latency, quantile);
  if (value === undefined) return { ...head, kind: 'error', text: `${name}: the router counts no latencies` };
  const limit = breachedLimit(value, rule);
  const text = `${name} ${label} ${formatMeasure(value)} ms (${limitText(rule, (bound) => `${bound} ms`)})`;
  return limit === undefined ? { ...head, value, kind: 'pass', text } : { ...head, value, limit, kind: 'fail', text };
}
