import type { HealthCheck } from '../service/environment.js';
import type { ProbeAnswer } from './watch-sample.js';

/** The last answers of one instance to one check. */
export interface ProbeStreak {
  readonly healthy: boolean;
  /** Equal answers in a row, up to now. */
  readonly inARow: number;
  readonly last: 'well' | 'unwell';
  /** Failures in a row while the other slot answered the same worker: only these say something about the instance. */
  readonly witnessed?: number;
  readonly detail?: string;
  /** Of failures that last up to now: since when, and whether none of them brought an answer. */
  readonly failing?: { readonly since: number; readonly unreached: boolean };
}

/** `at`: ms since the epoch. */
export type ArrivedAnswer = ProbeAnswer & { readonly at: number };

/** Whether the worker could reach the other slot when a probe failed. `unknown`: not asked lately. */
export type Witness = 'present' | 'absent' | 'unknown';

/** Instances have passed their checks before they get traffic, so they begin healthy. */
export function extend(streak: ProbeStreak | undefined, answer: ArrivedAnswer, check: HealthCheck, witness: Witness): ProbeStreak | undefined {
  if (answer.outcome === 'unasked') return streak;
  const inARow = streak?.last === answer.outcome ? streak.inARow + 1 : 1;
  const before = streak?.healthy ?? true;
  const witnessed = answer.outcome === 'well' ? 0 : count(streak?.witnessed ?? 0, witness);
  const healthy = answer.outcome === 'well' ? before || inARow >= check.healthyAfter : before && witnessed < check.unhealthyAfter;
  const failing = answer.outcome === 'unwell' && stillFailing(streak?.failing, answer);
  return { healthy, inARow, last: answer.outcome, witnessed, ...(answer.detail !== undefined && { detail: answer.detail }), ...(failing && { failing }) };
}

function stillFailing(before: ProbeStreak['failing'], { at, unreached }: ArrivedAnswer): ProbeStreak['failing'] {
  return { since: before?.since ?? at, unreached: unreached === true && before?.unreached !== false };
}

/** A worker that reached nobody begins to count anew once it reaches somebody: what failed before may have been its own network. */
function count(before: number, witness: Witness): number {
  switch (witness) {
    case 'present': return before + 1;
    case 'unknown': return before;
    case 'absent': return 0;
  }
}
