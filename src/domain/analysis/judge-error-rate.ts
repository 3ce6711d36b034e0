import { formatDuration } from '../duration.js';
import { formatShare, WHOLE } from '../share.js';
import { type Attempts, attemptsOf, ENOUGH_ATTEMPTS, hiddenFailures, hiddenInExcess } from './hidden-failures.js';
import { breachedLimit, limitText, shownLimit } from './limit.js';
import type { Bounds, NamedRule, Samples } from './samples.js';
import type { Traffic } from './traffic.js';
import type { Finding } from './verdict.js';

/**
 * Judges errors over the whole bake and over the recent past: either may fail. Attempts that failed and were hidden by the router's retries are
 * errors too, as far as stable has not as many of them.
 *
 * With fewer than `minRequests` a rate says little. It fails only when there are more errors than would be allowed of `minRequests`,
 * as it would then fail however well the missing requests went; and it never passes.
 */
export function judgeErrorRate(samples: Samples, named: NamedRule, bounds: Bounds): Finding {
  const { stable } = samples;
  const whole = rateFinding(countedOf(samples.whole, stable.whole), named, bounds.minRequests);
  if (whole.kind === 'fail') return whole;
  const recent = rateFinding(countedOf(samples.recent, comparable(stable)), named, bounds.minRequests);
  return recent.kind === 'fail' ? { ...recent, text: `${recent.text}, in the last ${formatDuration(bounds.windowMs)}` } : whole;
}

/** A recent past of stable that has too little in it would allow nothing. */
function comparable({ whole, recent }: Samples['stable']): Attempts {
  return recent.attempts >= ENOUGH_ATTEMPTS ? recent : whole;
}

interface Counted {
  readonly requests: number;
  readonly attempts: number;
  /** Those that clients saw, and those that only the router saw. */
  readonly errors: number;
  readonly hidden: number;
}

function countedOf(candidate: Traffic, stable: Attempts): Counted {
  const { requests, errors } = candidate;
  const made = attemptsOf(candidate);
  const hidden = hiddenInExcess(made, stable);
  return { requests, attempts: requests + hiddenFailures(made), errors: errors + hidden, hidden };
}

function rateFinding(counted: Counted, { name, rule }: NamedRule, minRequests: number): Finding {
  const { requests, attempts, errors } = counted;
  const few = requests < minRequests;
  const numbers = { rule: name, ...(attempts > 0 && { value: (errors * WHOLE) / attempts }), ...shownLimit(rule) };
  const limits = limitText(rule, formatShare);
  const text = (limit: string): string => `${name} ${errors} of ${requests}${hiddenText(counted)}${limit})`;
  if (few && exceeds(errors, Math.max(minRequests, attempts), rule.max)) return { ...numbers, kind: 'fail', text: text(`${limits} of at least ${minRequests}`) };
  if (few || requests === 0) return { ...numbers, kind: 'no-data', text: text(`needs ${Math.max(1, minRequests)} requests`) };
  const limit = exceeds(errors, attempts, rule.max) ? rule.max : breachedLimit((errors * WHOLE) / attempts, rule.min === undefined ? {} : { min: rule.min });
  return limit === undefined ? { ...numbers, kind: 'pass', text: text(limits) } : { ...numbers, limit, kind: 'fail', text: text(limits) };
}

function hiddenText({ attempts, hidden }: Counted): string {
  return hidden === 0 ? ' (' : ` requests (${hidden} hidden by retries: ${attempts} attempts; `;
}

/** In whole numbers: a rate that is exactly the limit is no breach, and rounding must not make it one. */
function exceeds(errors: number, attempts: number, max: number | undefined): boolean {
  return max !== undefined && errors * WHOLE > max * attempts;
}
