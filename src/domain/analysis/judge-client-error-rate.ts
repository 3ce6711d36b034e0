import { formatDuration } from '../duration.js';
import { formatShare, WHOLE } from '../share.js';
import { clientErrorPart } from './client-error-part.js';
import { breachedLimit, limitText, shownLimit } from './limit.js';
import type { Part } from './proportions.js';
import type { Bounds, NamedRule, Samples } from './samples.js';
import type { Finding } from './verdict.js';

/** Judges answers with a status of 400 to 499 against all of servers, over the whole bake and over the recent past: either may fail. */
export function judgeClientErrorRate(samples: Samples, named: NamedRule, bounds: Bounds): Finding {
  const whole = rateFinding(clientErrorPart(samples.whole), named, bounds.minRequests);
  if (whole.kind === 'fail') return whole;
  const recent = rateFinding(clientErrorPart(samples.recent), named, bounds.minRequests);
  return recent.kind === 'fail' ? { ...recent, text: `${recent.text}, in the last ${formatDuration(bounds.windowMs)}` } : whole;
}

/** Of fewer than `minRequests` it fails only when it would fail however well the missing ones went. */
function rateFinding({ hits, of }: Part, { name, rule }: NamedRule, minRequests: number): Finding {
  const numbers = { rule: name, ...(of > 0 && { value: (hits * WHOLE) / of }), ...shownLimit(rule) };
  const limits = limitText(rule, formatShare);
  const text = `${name} ${hits} of ${of} answers`;
  const few = of < minRequests;
  if (few && rule.max !== undefined && hits * WHOLE > rule.max * minRequests) {
    return { ...numbers, kind: 'fail', text: `${text} (${limits} of at least ${minRequests})` };
  }
  if (few || of === 0) return { ...numbers, kind: 'no-data', text: `${text} (needs ${Math.max(1, minRequests)})` };
  const limit = breachedLimit((hits * WHOLE) / of, rule);
  const judged = { ...numbers, text: `${text} (${limits})` };
  return limit === undefined ? { ...judged, kind: 'pass' } : { ...judged, limit, kind: 'fail' };
}
