import type { Generation, RouterEntry, Slot } from '../domain/router/entry.js';
import type { SlotReading } from './router.js';

/** What an instance of a router holds of many entries at once, without what only a reading of one of them tells. */
export interface InstanceSurvey {
  /** The start of the process. */
  readonly epoch: string;
  /** Every entry that it has a place for, by name, asked for or not. */
  readonly known: readonly string[];
  /** Those asked for that it has a place for. */
  readonly entries: Readonly<Record<string, SurveyedEntry>>;
}

/** One entry; not `ok`: what stands there is none of ours. */
export type SurveyedEntry =
  | { readonly ok: true; readonly entry: RouterEntry; readonly hasEntry: boolean; readonly tombstones: readonly Generation[]; readonly servers: Readonly<Record<Slot, SlotReading['servers']>> }
  | { readonly ok: false; readonly detail: string };
