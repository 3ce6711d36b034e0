import { KEEP_RULES, type KeepRule, oldestReasonOf, periodOf, reasonOf } from './retention-rules.js';
import type { KeepRules } from './source-spec.js';

/** One rule that keeps a backup. */
export interface KeptBy {
  readonly rule: KeepRule;
  /** How many newer ones the rule keeps. */
  readonly newer: number;
  readonly why: string;
}

/**
 * Which rules keep which backup: of each period the newest, as many periods as the rule says, and the oldest of all while a rule has room.
 *
 * @param newestFirst instants, in milliseconds
 * @returns for each the rules that keep it; none: it may go
 */
export function applyKeepRules(newestFirst: readonly number[], rules: KeepRules): readonly (readonly KeptBy[])[] {
  const byRule = KEEP_RULES.map((rule) => applyRule(newestFirst, rule, rules[rule]));
  return newestFirst.map((_, index) => byRule.flatMap((kept) => kept.get(index) ?? []));
}

function applyRule(newestFirst: readonly number[], rule: KeepRule, count: number): ReadonlyMap<number, KeptBy> {
  const kept = new Map<number, KeptBy>();
  let period: number | undefined;
  for (const [index, atMs] of newestFirst.entries()) {
    if (kept.size >= count) break;
    const own = periodOf(rule, atMs, index);
    const isNewest = own !== period;
    if (isNewest || index === newestFirst.length - 1) kept.set(index, { rule, newer: kept.size, why: isNewest ? reasonOf(rule, count) : oldestReasonOf(rule, count) });
    period = own;
  }
  return kept;
}
