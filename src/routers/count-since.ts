import type { ServerLoad } from '../domain/analysis/traffic.js';
import { SLOTS, type Slot } from '../domain/router/entry.js';
import { COUNTS, type Mark, markOf, NOTHING_COUNTED, parseMark, type PlaceMark, type SlotMark } from './counter-marks.js';
import type { Counters, PlaceCounters, SlotCounters } from './counters.js';
import type { SlotCounts } from './router.js';

export interface Counted {
  readonly slots: Readonly<Record<Slot, SlotCounts>>;
  /** Where to count from the next time. */
  readonly mark: string;
  /** Whether the process was started anew since the mark. */
  readonly restarted: boolean;
}

/** What was counted since the mark: all of it when the counters began anew, nothing without a mark. No count is negative. */
export function countSince(counters: Counters, mark: string | undefined): Counted {
  const before = mark === undefined ? undefined : parseMark(mark);
  const then = pointOf(counters, before);
  const now = steady(markOf(counters), then, counters);
  const slots = { blue: difference(counters.slots.blue, now.slots.blue, then.slots.blue), green: difference(counters.slots.green, now.slots.green, then.slots.green) };
  return { slots, mark: JSON.stringify(now), restarted: before !== undefined && before.epoch !== counters.epoch };
}

/** The point to count from. Counters that fell began anew: the process did, or somebody cleared them. */
function pointOf(counters: Counters, mark: Mark | undefined): Mark {
  if (!mark) return markOf(counters);
  const anew = mark.epoch !== counters.epoch || SLOTS.some((slot) => counters.slots[slot].requests < (mark.slots[slot].counts[REQUESTS] ?? 0));
  return anew ? { epoch: counters.epoch, slots: { blue: NOTHING_COUNTED, green: NOTHING_COUNTED } } : mark;
}

const REQUESTS = COUNTS.indexOf('requests');

/**
 * A router may make one count of several counters that move at different moments. Such a count falls for as long as a request is between them, by no
 * more than what runs: the mark stays where it was, or the same event would be counted twice.
 */
function steady(now: Mark, then: Mark, { slots }: Counters): Mark {
  const held = (slot: Slot): SlotMark => {
    const { waiting, streaming } = slots[slot];
    const counts = now.slots[slot].counts.map((count, index) => {
      const before = then.slots[slot].counts[index] ?? 0;
      return count < before && before - count <= waiting + streaming ? before : count;
    });
    return { ...now.slots[slot], counts };
  };
  return { epoch: now.epoch, slots: { blue: held('blue'), green: held('green') } };
}

function difference({ waiting, streaming, places }: SlotCounters, now: SlotMark, then: SlotMark): SlotCounts {
  const less = (index: number): number => Math.max(0, (now.counts[index] ?? 0) - (then.counts[index] ?? 0));
  const counts = Object.fromEntries(COUNTS.map((name, index) => [name, less(index)])) as Record<(typeof COUNTS)[number], number>; // one for each name
  const latency = now.latency?.map((count, index) => Math.max(0, count - (then.latency?.[index] ?? 0)));
  const servers = places.flatMap((place) => serverLoad(place, then.places[place.place] ?? [0, 0]));
  return { ...counts, ...(latency && { latency }), load: { waiting, streaming, servers } };
}

/** A place that counted further before was given up and made anew since. */
function serverLoad({ address, inFlight, attempts, headed }: PlaceCounters, [headedBefore, attemptsBefore]: PlaceMark): ServerLoad[] {
  if (address === undefined) return [];
  const since = (count: number, before: number): number => (count < before ? count : count - before);
  return [{ address, inFlight, attempts: since(attempts, attemptsBefore), headed: since(headed, headedBefore) }];
}
