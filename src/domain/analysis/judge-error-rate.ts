import { formatDuration } from '../duration.js';
import { formatShare, WHOLE } from '../share.js';
import { breachedLimit, limitText, shownLimit } from './limit.js';
import type { Bounds, NamedRule, Samples } from './samples.js';
import type { Traffic } from './traffic.js';
import type { Finding } from './verdict.js';

/**
 * Judges errors against requests, over the whole bake and over the recent past: either may fail.
 *
 * With fewer than `minRequests` a rate says little. It fails only when there are more errors than would be allowed of `minRequests`,
 * as it would then fail however well the missing requests went; and it never passes.
 */
export function judgeErrorRate(samples: Samples, named: NamedRule, bounds: Bounds): Finding {
  const whole = rateFinding(samples.whole, named, bounds.minRequests);
  if (whole.kind === 'fail') return whole;
  const recent = rateFinding(samples.recent, named, bounds.minRequests);
  return recent.kind === 'fail' ? { ...recent, text: `${recent.text}, in the last ${formatDuration(bounds.windowMs)}` } : whole;
}

function rateFinding(traffic: Traffic, { name, rule }: NamedRule, minRequests: number): Finding {
  const { requests, errors } = traffic;
  const few = requests < minRequests;
  const numbers = { rule: name, ...(requests > 0 && { value: (errors * WHOLE) / requests }), ...shownLimit(rule) };
  const limits = limitText(rule, formatShare);
  if (few && exceeds(errors, minRequests, rule.max)) return { ...numbers, kind: 'fail', text: `${name} ${errors} of ${requests} (${limits} of at least ${minRequests})` };
  if (few || requests === 0) return { ...numbers, kind: 'no-data', text: `${name} ${errors} of ${requests} (needs ${Math.max(1, minRequests)} requests)` };
  const limit = exceeds(errors, requests, rule.max) ? rule.max : breachedLimit((errors * WHOLE) / requests, rule.min === undefined ? {} : { min: rule.min });
  const text = `${name} ${errors} of ${requests} (${limits})`;
  return limit === undefined ? { ...numbers, kind: 'pass', text } : { ...numbers, limit, kind: 'fail', text };
}

/** In whole numbers: a rate that is exactly the limit is no breach, and rounding must not make it one. */
function exceeds(errors: number, requests: number, max: number | undefined): boolean {
  return max !== undefined && errors * WHOLE > max * requests;
}
