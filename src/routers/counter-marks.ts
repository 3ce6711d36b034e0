import type { Traffic } from '../domain/analysis/traffic.js';
import { SLOTS, type Slot } from '../domain/router/entry.js';
import type { Counters, SlotCounters } from './counters.js';

/** What a slot had counted when a mark was made; short, as it travels in heartbeats. */
export interface SlotMark {
  /** In the order of `COUNTS`. */
  readonly counts: readonly number[];
  readonly latency?: readonly number[];
  /** Heads and attempts by place, without those of none. */
  readonly places: Readonly<Record<string, PlaceMark>>;
}

export type PlaceMark = readonly [headed: number, attempts: number];

export interface Mark {
  readonly epoch: string;
  readonly slots: Readonly<Record<Slot, SlotMark>>;
}

type CountName = Exclude<keyof Traffic, 'latency'>;
export const COUNTS = ['requests', 'errors', 'begun', 'headed', 'attempts', 'failedAttempts', 'quit', 'ownErrors', 'clientErrors'] as const satisfies readonly CountName[];

export const NOTHING_COUNTED: SlotMark = { counts: COUNTS.map(() => 0), places: {} };

export function markOf({ epoch, slots }: Counters): Mark {
  return { epoch, slots: { blue: slotMark(slots.blue), green: slotMark(slots.green) } };
}

function slotMark(slot: SlotCounters): SlotMark {
  const tried = slot.places.filter(({ attempts }) => attempts > 0);
  const places = Object.fromEntries(tried.map(({ place, headed, attempts }) => [place, [headed, attempts] as const]));
  return { counts: COUNTS.map((name) => slot[name]), ...(slot.latency && { latency: slot.latency }), places };
}

/** @returns undefined for a mark of another form, such as one of a release before: counting begins anew. */
export function parseMark(text: string): Mark | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isMark(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isMark(value: unknown): value is Mark {
  if (!isRecord(value) || typeof value['epoch'] !== 'string' || !isRecord(value['slots'])) return false;
  const slots = value['slots'];
  return SLOTS.every((slot) => isSlotMark(slots[slot]));
}

function isSlotMark(value: unknown): value is SlotMark {
  if (!isRecord(value) || !isNumbers(value['counts']) || value['counts'].length !== COUNTS.length) return false;
  const { latency, places } = value;
  if (latency !== undefined && !isNumbers(latency)) return false;
  return isRecord(places) && Object.values(places).every((place) => isNumbers(place) && place.length === 2);
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'number');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
