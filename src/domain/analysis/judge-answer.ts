import { breachedLimit, formatMeasure, limitText, shownLimit } from './limit.js';
import type { NamedRule, Samples } from './samples.js';
import type { Finding } from './verdict.js';

/** Judges the answer to a query in the query's own unit. How much data stands behind it is the query's business. */
export function judgeAnswer({ answer, idle }: Samples, { name, rule }: NamedRule): Finding {
  const head = { rule: name, ...shownLimit(rule) };
  if (answer && 'error' in answer) return { ...head, kind: 'error', text: `${name}: ${answer.error}` };
  const value = answer?.value;
  if (value === undefined) {
    return idle ? { ...head, kind: 'pass', text: `${name}: no request began in either slot` } : { ...head, kind: 'no-data', text: `${name}: the query has no result` };
  }
  const limit = breachedLimit(value, rule);
  const text = `${name} ${formatMeasure(value)} (${limitText(rule, formatMeasure)})`;
  return limit === undefined ? { ...head, value, kind: 'pass', text } : { ...head, value, limit, kind: 'fail', text };
}
