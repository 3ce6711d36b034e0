import { SlipwayError } from '../domain/errors.js';
import type { MetricAnswer, MetricSource } from './metric-source.js';

/** `away`: the store does not answer. undefined: it has no data. */
type FakeMetric = number | MetricAnswer | undefined | 'away';

export interface FakeMetricSource extends MetricSource {
  /** Every query so far, oldest first. */
  readonly queries: readonly string[];
  /** What one query gives from now on. */
  answer(query: string, metric: FakeMetric): void;
  /** What every other query gives from now on. */
  answerAll(metric: FakeMetric | ((query: string) => FakeMetric)): void;
}

/** A metrics store in memory. Without further steering it has no data. */
export function createFakeMetricSource(): FakeMetricSource {
  const queries: string[] = [];
  const answers = new Map<string, FakeMetric>();
  let fallback: (query: string) => FakeMetric = () => undefined;

  return {
    queries,
    answer: (query, metric) => void answers.set(query, metric),
    answerAll: (metric) => void (fallback = typeof metric === 'function' ? metric : () => metric),
    async query(query, signal) {
      signal?.throwIfAborted();
      queries.push(query);
      const metric = answers.has(query) ? answers.get(query) : fallback(query);
      if (metric === 'away') throw new SlipwayError('METRIC_UNAVAILABLE', `The metrics store did not answer ${query}: it is away.`);
      return metric === undefined || Number.isNaN(metric) ? {} : typeof metric === 'number' ? { value: metric } : metric;
    },
  };
}
