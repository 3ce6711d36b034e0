import type { KeepRules } from './source-spec.js';

export type KeepRule = keyof KeepRules;

/** In the order in which people read them. */
export const KEEP_RULES: readonly KeepRule[] = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** 1970-01-01 was a Thursday; weeks begin on Monday. */
const MONDAY_MS = 4 * DAY_MS;

/**
 * The number of the hour, day (of UTC), week (from Monday), month or year that an instant lies in. For `last` each has its own.
 *
 * @param index distinguishes instants that are the same
 */
export function periodOf(rule: KeepRule, atMs: number, index: number): number {
  const at = new Date(atMs);
  switch (rule) {
    case 'last': return -index;
    case 'hourly': return Math.floor(atMs / HOUR_MS);
    case 'daily': return Math.floor(atMs / DAY_MS);
    case 'weekly': return Math.floor((atMs - MONDAY_MS) / (7 * DAY_MS));
    case 'monthly': return at.getUTCFullYear() * 12 + at.getUTCMonth();
    case 'yearly': return at.getUTCFullYear();
  }
}

/** When a period begins. */
export function startOfPeriod(rule: Exclude<KeepRule, 'last'>, period: number): number {
  switch (rule) {
    case 'hourly': return period * HOUR_MS;
    case 'daily': return period * DAY_MS;
    case 'weekly': return period * 7 * DAY_MS + MONDAY_MS;
    case 'monthly': return Date.UTC(Math.floor(period / 12), period % 12);
    case 'yearly': return Date.UTC(period, 0);
  }
}

/** Why a rule keeps a backup, for people. */
export function reasonOf(rule: KeepRule, count: number): string {
  return rule === 'last' ? `one of the last ${count}` : `newest of its ${PERIOD_WORDS[rule]} (${rule} ${count})`;
}

/** The same for the oldest of all, which a rule keeps while it has room: so the history reaches back as far as it may. */
export function oldestReasonOf(rule: KeepRule, count: number): string {
  return `oldest of all, while ${rule} ${count} has room`;
}

const PERIOD_WORDS: Readonly<Record<KeepRule, string>> = { last: 'own', hourly: 'hour', daily: 'day', weekly: 'week', monthly: 'month', yearly: 'year' };
