import type { MetricRule } from './rule.js';

/** The limit that `value` breaches; undefined: none. */
export function breachedLimit(value: number, rule: Pick<MetricRule, 'max' | 'min'>): number | undefined {
  if (rule.max !== undefined && value > rule.max) return rule.max;
  if (rule.min !== undefined && value < rule.min) return rule.min;
  return undefined;
}

/** `limit 5 %`, `limits 1 to 5`, `at least 1`; empty without a limit. */
export function limitText(rule: Pick<MetricRule, 'max' | 'min'>, format: (value: number) => string): string {
  if (rule.max !== undefined && rule.min !== undefined) return `limits ${format(rule.min)} to ${format(rule.max)}`;
  if (rule.max !== undefined) return `limit ${format(rule.max)}`;
  return rule.min === undefined ? 'no limit' : `at least ${format(rule.min)}`;
}

/** The limit to show beside a value that keeps to it. */
export function shownLimit(rule: Pick<MetricRule, 'max' | 'min'>): { readonly limit?: number } {
  const limit = rule.max ?? rule.min;
  return limit === undefined ? {} : { limit };
}

/** At most four digits behind the point: measures are for reading. */
export function formatMeasure(value: number): string {
  return String(Number(value.toPrecision(4)));
}
