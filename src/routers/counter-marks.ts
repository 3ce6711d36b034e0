import type { LatencyBuckets } from '../domain/analysis/latency.js';
import { SLOTS, type Slot } from '../domain/router/entry.js';
import type { Traffic } from '../domain/analysis/traffic.js';
import type { SlotCounts } from './router.js';

/** The counters of one instance as they stand. */
export interface Counters {
  /** Differs after each start of the process, as its counters begin at 0 then. */
  readonly epoch: string;
  readonly slots: Readonly<Record<Slot, SlotCounts>>;
}

/** @returns a mark to count from later. */
export function markOf(counters: Counters): string {
  return JSON.stringify(counters);
}

/** What was counted since the mark: all of it when the counters began anew, nothing without a mark. */
export function countsSince(now: Counters, mark: string | undefined): Readonly<Record<Slot, SlotCounts>> {
  const then = mark === undefined ? now : parseMark(mark) ?? now;
  const fresh = then.epoch !== now.epoch || SLOTS.some((slot) => now.slots[slot].requests < then.slots[slot].requests);
  return fresh ? now.slots : { blue: difference(now.slots.blue, then.slots.blue), green: difference(now.slots.green, then.slots.green) };
}

/** Whether the process was started anew since the mark. */
export function restartedSince({ epoch }: Counters, mark: string | undefined): boolean {
  const then = mark === undefined ? undefined : parseMark(mark);
  return then !== undefined && then.epoch !== epoch;
}

function difference(now: SlotCounts, then: SlotCounts): SlotCounts {
  const less = (name: CountName): number => Math.max(0, now[name] - then[name]);
  const counts = Object.fromEntries(COUNTS.map((name) => [name, less(name)])) as Record<CountName, number>; // one for each name
  return { ...counts, load: now.load, ...(now.latency && { latency: lessBuckets(now.latency, then.latency) }) };
}

type CountName = Exclude<keyof Traffic, 'latency'>;
const COUNTS = ['requests', 'errors', 'begun', 'headed', 'attempts', 'failedAttempts', 'quit', 'ownErrors', 'clientErrors'] as const satisfies readonly CountName[];

function lessBuckets(now: LatencyBuckets, then: LatencyBuckets | undefined): LatencyBuckets {
  return now.map((count, index) => Math.max(0, count - (then?.[index] ?? 0)));
}

/** @returns undefined for a mark of another form, such as one of a release before: counting begins anew. */
function parseMark(mark: string): Counters | undefined {
  try {
    const value: unknown = JSON.parse(mark);
    return isCounters(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isCounters(value: unknown): value is Counters {
  if (!isRecord(value) || typeof value['epoch'] !== 'string' || !isRecord(value['slots'])) return false;
  const slots = value['slots'];
  return SLOTS.every((slot) => {
    const counts = slots[slot];
    return isRecord(counts) && COUNTS.every((name) => typeof counts[name] === 'number');
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
