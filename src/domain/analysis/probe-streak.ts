import type { HealthCheck } from '../service/environment.js';
import type { ProbeAnswer } from './watch-sample.js';

/** The last answers of one instance to one check. */
export interface ProbeStreak {
  readonly healthy: boolean;
  /** Equal answers in a row, up to now. */
  readonly inARow: number;
  readonly last: 'well' | 'unwell';
  readonly detail?: string;
}

/** Instances have passed their checks before they get traffic, so they begin healthy. */
export function extend(streak: ProbeStreak | undefined, answer: ProbeAnswer, check: HealthCheck): ProbeStreak | undefined {
  if (answer.outcome === 'unasked') return streak;
  const inARow = streak?.last === answer.outcome ? streak.inARow + 1 : 1;
  const before = streak?.healthy ?? true;
  const healthy = answer.outcome === 'well' ? before || inARow >= check.healthyAfter : before && inARow < check.unhealthyAfter;
  return { healthy, inARow, last: answer.outcome, ...(answer.detail !== undefined && { detail: answer.detail }) };
}
