import type { KeptBy } from './apply-keep-rules.js';
import { periodOf, startOfPeriod } from './retention-rules.js';
import type { KeepRules } from './source-spec.js';

/** How many of the newest tell the pace. */
const PACE_OF = 10;

interface Surroundings {
  /** Instants of the verified ones, in milliseconds. */
  readonly newestFirst: readonly number[];
  readonly rules: KeepRules;
  /** RFC 3339. */
  readonly now: string;
}

/**
 * About when a backup will go: when the last of the rules that keep it has got enough newer ones, if backups go on at the pace of the newest.
 *
 * @returns of a backup's instant and the rules that keep it: RFC 3339; null where there is no pace yet.
 */
export function expiryBy({ newestFirst, rules, now }: Surroundings): (atMs: number, by: readonly KeptBy[]) => string | null {
  const paceMs = paceOf(newestFirst);
  const [newestMs] = newestFirst;
  if (paceMs === null || newestMs === undefined) return () => null;
  const course = { newestMs, nextMs: Math.max(newestMs + paceMs, Date.parse(now)), paceMs };
  return (atMs, by) => {
    // What no rule keeps stays for being the newest, or until newer ones are verified.
    const expiries = by.map((kept) => expiryByRule(atMs, kept, rules[kept.rule], course));
    const latest = new Date(Math.max(course.nextMs, ...expiries));
    return Number.isNaN(latest.getTime()) ? null : latest.toISOString();
  };
}

/** The backups expected: one at `nextMs`, and so on at their pace. */
interface Course {
  readonly newestMs: number;
  readonly nextMs: number;
  readonly paceMs: number;
}

function expiryByRule(atMs: number, { rule, newer }: KeptBy, count: number, { newestMs, nextMs, paceMs }: Course): number {
  const missing = count - newer;
  const byCountMs = nextMs + (missing - 1) * paceMs;
  if (rule === 'last') return byCountMs;
  // The next one takes the place of one of the same period.
  if (periodOf(rule, atMs, 0) === periodOf(rule, nextMs, 0)) return nextMs;
  const firstNew = Math.max(periodOf(rule, newestMs, 0) + 1, periodOf(rule, nextMs, 0));
  const enoughFromMs = startOfPeriod(rule, firstNew + missing - 1);
  const steps = Math.max(0, Math.ceil((enoughFromMs - nextMs) / paceMs));
  return Math.max(nextMs + steps * paceMs, byCountMs);
}

/** The median distance; null with fewer than two. */
function paceOf(newestFirst: readonly number[]): number | null {
  const distances = newestFirst.slice(0, PACE_OF).flatMap((atMs, index, all) => (index === 0 ? [] : [(all[index - 1] ?? atMs) - atMs])).toSorted((a, b) => a - b);
  const median = distances[Math.floor(distances.length / 2)];
  return median === undefined || median <= 0 ? null : median;
}
