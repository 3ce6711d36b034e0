import { judgeAnswer } from './judge-answer.js';
import { judgeClientErrorRate } from './judge-client-error-rate.js';
import { judgeErrorRate } from './judge-error-rate.js';
import { judgeLatency, type LatencyMeasure } from './judge-latency.js';
import type { Bounds, NamedRule, Samples } from './samples.js';
import type { Finding } from './verdict.js';

/**
 * Judges a candidate by one rule, as things stand: how often it may breach is not decided here (see `countFailure`).
 *
 * `fail` means that a limit is breached; `pass` only ever follows from enough data.
 */
export function judge(samples: Samples, named: NamedRule, bounds: Bounds): Finding {
  const { source } = named.rule;
  if (source.kind === 'prometheus') return judgeAnswer(samples, named);
  if (samples.idle) return { rule: named.name, kind: 'pass', text: `${named.name}: no request began in either slot` };
  switch (source.measure) {
    case 'errorRate': return judgeErrorRate(samples, named, bounds);
    case 'clientErrorRate': return judgeClientErrorRate(samples, named, bounds);
    default: return judgeLatency(samples, named, bounds, LATENCIES[source.measure]);
  }
}

const LATENCIES: Readonly<Record<'latencyP50' | 'latencyP95' | 'latencyP99', LatencyMeasure>> = {
  latencyP50: { label: 'p50', quantile: 0.5 },
  latencyP95: { label: 'p95', quantile: 0.95 },
  latencyP99: { label: 'p99', quantile: 0.99 },
};
