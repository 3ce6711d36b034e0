import type { GroupWatch } from './guardian.js';

/** A time that ends what runs within it, by the guardian's hand: also while this process is frozen. */
export interface Bound {
  /** @param untilMs by `monotonicMs` */
  extend(untilMs: number): void;
  /** Whether all that ran within it has ended. */
  readonly over: boolean;
}

/** The side of the one who starts programs. */
export interface ProgramBound extends Bound {
  /** @returns until when it may run for now */
  join(group: number): number;
  leave(group: number): void;
}

export function createBound(guardian: GroupWatch, firstUntilMs: number): ProgramBound {
  const groups = new Set<number>();
  let untilMs = firstUntilMs;
  return {
    extend(later) {
      untilMs = Math.max(untilMs, later);
      for (const group of groups) guardian.watch(group, untilMs);
    },
    get over() {
      return groups.size === 0;
    },
    join(group) {
      groups.add(group);
      return untilMs;
    },
    leave: (group) => void groups.delete(group),
  };
}
