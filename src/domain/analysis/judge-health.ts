import type { WatchedSlot } from '../deployment/watching.js';
import type { SlotAnswer, SlotHealth } from './slot-health.js';
import type { Finding } from './verdict.js';

/** The name under which health appears among the rules. */
export const HEALTH = 'health';

/**
 * Judges the candidate by its probes: one unhealthy instance is a failure, when stable answers the same worker or is not probed at all.
 * When stable is silent too, or the routers know better, the fault may be the worker's own: that is an `error`, and another worker tries.
 */
export function judgeHealth(health: SlotHealth, candidate: WatchedSlot, { stable, doubted }: Witnesses): Finding {
  const reachesStable = stable === 'answers' || stable === 'unchecked';
  const unhealthy = unhealthyOf(health, candidate, reachesStable);
  if (unhealthy.length > 0) {
    const text = `health: ${unhealthy.map((one) => one.text).join(', ')}`;
    if (!reachesStable) return { rule: HEALTH, kind: 'error', text: `${text}, but stable does not answer this worker either` };
    if (!unhealthy.every(({ instance }) => doubted.includes(instance))) return { rule: HEALTH, kind: 'fail', text };
    const why = 'but the routers have it up and users get answers from it: another worker is to say whether this one is cut off';
    return { rule: HEALTH, kind: 'error', text: `${text}, ${why}` };
  }
  const unasked = Object.entries(health).flatMap(([name, seen]) => (seen.unasked === undefined ? [] : [`${name} (${seen.unasked})`]));
  if (unasked.length > 0) return { rule: HEALTH, kind: 'error', text: `health: could not ask ${unasked.join(', ')}` };
  const doubtful = doubtfulOf(health, candidate);
  if (doubtful.length > 0) return { rule: HEALTH, kind: 'no-data', text: `health: ${doubtful.join(', ')}` };
  return { rule: HEALTH, kind: 'pass', text: `health: ${candidate.instances.length} of ${candidate.instances.length} instances well` };
}

/** What speaks for the candidate, or against this worker. */
export interface Witnesses {
  readonly stable: SlotAnswer;
  /** Instances that only this worker finds unhealthy. */
  readonly doubted: readonly string[];
}

/** Failures that nobody witnessed make an instance unhealthy only for as long as stable is silent too. */
interface Unhealthy {
  readonly instance: string;
  readonly text: string;
}

function unhealthyOf(health: SlotHealth, slot: WatchedSlot, reachesStable: boolean): Unhealthy[] {
  return streaksOf(health, slot).flatMap(({ check, instance, streak }) => {
    if (!streak) return [];
    const failing = streak.last === 'unwell' && streak.inARow >= (slot.health[check]?.unhealthyAfter ?? 1);
    const unhealthy = !streak.healthy || (failing && !reachesStable);
    return unhealthy ? [{ instance, text: `${instance} ${check} unhealthy${streak.detail === undefined ? '' : ` (${streak.detail})`}` }] : [];
  });
}

/** Not asked yet, or failing but not for long enough: no reason to fail, and none to pass. */
function doubtfulOf(health: SlotHealth, slot: WatchedSlot): string[] {
  return streaksOf(health, slot).flatMap(({ check, instance, streak }) => {
    if (!streak) return [`${instance} ${check} not probed yet`];
    return streak.last === 'unwell' ? [`${instance} ${check} failed ${streak.witnessed ?? 0} of ${slot.health[check]?.unhealthyAfter ?? 1} times`] : [];
  });
}

function streaksOf(health: SlotHealth, slot: WatchedSlot) {
  return Object.keys(slot.health).flatMap((check) => slot.instances.map(({ id }) => ({ check, instance: id, streak: health[check]?.streaks[id] })));
}
