import { monotonicMs } from './monotonic.js';
import { endGroup } from './process-group.js';
import { startTimeOf } from './process-identity.js';

interface Guarded {
  /** When its leader began; undefined when the leader had already gone, which leaves the group to its members. */
  readonly began: string | undefined;
  readonly untilMs: number | undefined;
}

/** The groups that a guardian answers for. */
export interface GuardedGroups {
  /** Again for one that is there: its new time. */
  add(group: number, untilMs: number | undefined): void;
  delete(group: number): void;
  /** A group whose number now belongs to a leader that began later is somebody else's. */
  readonly ours: readonly number[];
}

/** What cannot be killed now is tried again. */
const AGAIN_MS = 1_000;

/** Kills each group whose time is over. They get no grace: the one who started them had its time to end them in order. */
export function guardGroups(): GuardedGroups {
  const groups = new Map<number, Guarded>();
  const isOurs = (group: number): boolean => [undefined, groups.get(group)?.began].includes(startTimeOf(group));
  let timer: NodeJS.Timeout | undefined;

  function wake(earliestMs: number): void {
    clearTimeout(timer);
    const next = Math.min(...[...groups.values()].map(({ untilMs }) => untilMs ?? Infinity));
    if (next < Infinity) timer = setTimeout(() => void endOverdue(), Math.max(earliestMs, next - monotonicMs()));
  }

  async function endOverdue(): Promise<void> {
    const overdue = [...groups].filter(([, { untilMs = Infinity }]) => untilMs <= monotonicMs()).map(([group]) => group);
    await Promise.all(overdue.map(async (group) => {
      if (!isOurs(group) || (await endGroup(group, 0))) groups.delete(group);
    }));
    wake(AGAIN_MS);
  }

  return {
    add(group, untilMs) {
      const known = groups.get(group);
      groups.set(group, { began: known ? known.began : startTimeOf(group), untilMs });
      wake(0);
    },
    delete(group) {
      groups.delete(group);
    },
    get ours() {
      return [...groups.keys()].filter(isOurs);
    },
  };
}
