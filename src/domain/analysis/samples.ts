import type { Attempts } from './hidden-failures.js';
import type { MetricRule } from './rule.js';
import type { Traffic } from './traffic.js';

/** What is known about a candidate when it is judged. */
export interface Samples {
  /** Since the bake began. */
  readonly whole: Traffic;
  /** In the last `windowMs`: a late breach is not diluted by a good beginning. */
  readonly recent: Traffic;
  /** Stable's in the same times, so that what it does too is not held against the candidate. */
  readonly stable: { readonly whole: Attempts; readonly recent: Attempts };
  /** Nobody uses either slot, and that is accepted: health alone decides. */
  readonly idle: boolean;
  /** The newest answer of the rule's own query. */
  readonly answer?: QueryAnswer;
}

export interface Bounds {
  readonly minRequests: number;
  readonly windowMs: number;
}

/** A rule with its name in the definition. */
export interface NamedRule {
  readonly name: string;
  readonly rule: MetricRule;
}

/** A number, nothing (the query has no result), both with what the store remarks, or why there was no answer. */
export type QueryAnswer = { readonly value?: number; readonly notes?: readonly string[] } | { readonly error: string };
