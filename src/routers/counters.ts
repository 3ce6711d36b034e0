import type { Traffic } from '../domain/analysis/traffic.js';
import type { Slot } from '../domain/router/entry.js';

/** The counters of one instance as they stand. */
export interface Counters {
  /** Differs after each start of the process, as its counters begin at 0 then. */
  readonly epoch: string;
  readonly slots: Readonly<Record<Slot, SlotCounters>>;
}

/** What one slot has counted since the process started, and what runs in it now. */
export interface SlotCounters extends Traffic {
  readonly waiting: number;
  readonly streaming: number;
  readonly places: readonly PlaceCounters[];
}

/** What was counted in one place of a slot: for the server that has it now, and for those that had it before. */
export interface PlaceCounters {
  /** Unique within the slot. */
  readonly place: string;
  /** Absent: no server has the place. */
  readonly address?: string;
  readonly inFlight: number;
  readonly attempts: number;
  readonly headed: number;
}
