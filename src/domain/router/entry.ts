import type { BasisPoints } from '../share.js';
import { WHOLE } from '../share.js';

/** A place for the instances of one release. Physical: its backend, its counters, its instances. */
export type Slot = 'blue' | 'green';
export const SLOTS: readonly Slot[] = ['blue', 'green'];

export function otherSlot(slot: Slot): Slot {
  return slot === 'blue' ? 'green' : 'blue';
}

/** `settled`: no deployment is live, stable has everything. `moving`: steps. `watching`: all on the candidate, rollback armed. */
export type EntryPhase = 'settled' | 'moving' | 'watching';

/** The mark `<deployment>.<n>` of a shift; `none` before the first. */
export type Generation = string;
export const NO_GENERATION: Generation = 'none';

/** What a router says about one environment of a service. It decides; every other record is a copy. */
export interface RouterEntry {
  readonly stable: Slot;
  readonly phase: EntryPhase;
  readonly generation: Generation;
  /** The share of the slot that is not stable. */
  readonly candidateShare: BasisPoints;
  /** Reserved for a third slot; always 0 until then. */
  readonly baselineShare: BasisPoints;
  /** The deployment or adoption that brought stable's release; `-` while the environment is unmanaged. */
  readonly deployment: string;
}

export const UNMANAGED = '-';

/** What a router answers before anything was ever written: blue counts as stable and empty. */
export const UNMANAGED_ENTRY: RouterEntry = {
  stable: 'blue', phase: 'settled', generation: NO_GENERATION, candidateShare: 0, baselineShare: 0, deployment: UNMANAGED,
};

/** `blue:moving:01J….3:2500:0:01H…`, the form kept in an HAProxy map. */
export function encodeEntry(entry: RouterEntry): string {
  const { stable, phase, generation, candidateShare, baselineShare, deployment } = entry;
  return [stable, phase, generation, candidateShare, baselineShare, deployment].join(':');
}

/** @returns undefined when the text is no entry: somebody else wrote it, and nothing may be guessed from it. */
export function decodeEntry(text: string): RouterEntry | undefined {
  const match = /^(blue|green):(settled|moving|watching):([^:\s]+):(\d{1,5}):(\d{1,5}):([^:\s]+)$/.exec(text.trim());
  if (!match) return undefined;
  const [, stable, phase, generation = '', candidate, baseline, deployment = ''] = match;
  const candidateShare = Number(candidate);
  const baselineShare = Number(baseline);
  if (candidateShare + baselineShare > WHOLE) return undefined;
  // The pattern above admits only members of the two unions.
  return { stable: stable as Slot, phase: phase as EntryPhase, generation, candidateShare, baselineShare, deployment };
}

export type Split = Readonly<Record<Slot, BasisPoints>>;

/** Shares by slot; a tombstone on the live generation gives the candidate's share to stable. */
export function splitOf(entry: RouterEntry, tombstones: readonly Generation[] = []): Split {
  const candidate = tombstones.includes(entry.generation) ? 0 : entry.candidateShare;
  return entry.stable === 'blue' ? { blue: WHOLE - candidate, green: candidate } : { blue: candidate, green: WHOLE - candidate };
}
