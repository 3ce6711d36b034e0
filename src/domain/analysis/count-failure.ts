import type { MetricRule } from './rule.js';
import type { Finding } from './verdict.js';

/** Judgments of one rule that breached. */
export interface FailureCount {
  readonly inARow: number;
  readonly total: number;
}

export const NO_FAILURES: FailureCount = { inARow: 0, total: 0 };

/** A breach adds one, a pass ends the row; having no data or no answer says nothing and changes nothing. */
export function countFailure(count: FailureCount, kind: Finding['kind']): FailureCount {
  if (kind === 'fail') return { inARow: count.inARow + 1, total: count.total + 1 };
  return kind === 'pass' ? { ...count, inARow: 0 } : count;
}

/**
 * Turns a breach into what it means by now: a failure at once when the rule is critical or names no numbers, else after so many.
 * Until then it is `no-data`, never a pass: it is not decided yet.
 */
export function weigh(finding: Finding, rule: Pick<MetricRule, 'critical' | 'failures'>, count: FailureCount): Finding {
  if (finding.kind !== 'fail') return finding;
  const { inARow, total } = rule.failures;
  const reached = (inARow === undefined && total === undefined)
    || (inARow !== undefined && count.inARow >= inARow)
    || (total !== undefined && count.total >= total);
  if (rule.critical || reached) return finding;
  return { ...finding, kind: 'no-data', text: `${finding.text}, ${soFar(rule.failures, count)}` };
}

function soFar({ inARow, total }: MetricRule['failures'], count: FailureCount): string {
  const parts = [
    ...(inARow === undefined ? [] : [`${count.inARow} of ${inARow} in a row`]),
    ...(total === undefined ? [] : [`${count.total} of ${total} in total`]),
  ];
  return parts.join(', ');
}
