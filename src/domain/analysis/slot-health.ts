import type { WatchedSlot } from '../deployment/watching.js';
import { extend, type ProbeStreak, type Witness } from './probe-streak.js';
import type { ProbeSample } from './watch-sample.js';

/** What the probes of one slot have shown, by check. Plain JSON. */
export type SlotHealth = Readonly<Record<string, CheckHealth>>;

export interface CheckHealth {
  /** When the newest answers arrived. */
  readonly at: number;
  /** Instances that were well in the newest round. */
  readonly well: number;
  readonly streaks: Readonly<Record<string, ProbeStreak>>;
  /** Why the check could not be carried out, in the newest round. */
  readonly unasked?: string;
}

export function addProbe(health: SlotHealth, sample: ProbeSample, slot: WatchedSlot, witness: Witness): SlotHealth {
  const check = slot.health[sample.check];
  if (!check) return health;
  const before = health[sample.check];
  const streaks: Record<string, ProbeStreak> = { ...before?.streaks };
  for (const answer of sample.answers) {
    const streak = extend(streaks[answer.instance], { ...answer, at: sample.at }, check, witness);
    if (streak) streaks[answer.instance] = streak;
  }
  const well = sample.answers.filter((answer) => answer.outcome === 'well').length;
  const unasked = sample.answers.find((answer) => answer.outcome === 'unasked');
  return { ...health, [sample.check]: { at: sample.at, well, streaks, ...(unasked && { unasked: unasked.detail ?? 'not carried out' }) } };
}

/** Whether some instance has just failed a check without an answer. */
export function isUnreached(health: SlotHealth): boolean {
  return Object.values(health).some(({ streaks }) => Object.values(streaks).some(({ failing }) => failing?.unreached));
}

/** `silent`: a check has just found no instance well. `unknown`: no answer is new enough. `unchecked`: nothing is probed there. */
export type SlotAnswer = 'answers' | 'silent' | 'unknown' | 'unchecked';

/** What the slot's newest probes say, those at most two periods old. */
export function slotAnswer(health: SlotHealth, slot: WatchedSlot, now: number): SlotAnswer {
  const checks = Object.entries(slot.health);
  if (checks.length === 0 || slot.instances.length === 0) return 'unchecked';
  const fresh = checks.flatMap(([name, check]) => {
    const seen = health[name];
    return seen && now - seen.at <= 2 * check.everyMs ? [seen] : [];
  });
  if (fresh.some((seen) => seen.well === 0 && seen.unasked === undefined)) return 'silent';
  return fresh.some((seen) => seen.well > 0) ? 'answers' : 'unknown';
}
