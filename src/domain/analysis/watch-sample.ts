import type { BasisPoints } from '../share.js';
import type { QueryAnswer } from './samples.js';
import type { SlotLoad, Traffic } from './traffic.js';

export type Role = 'stable' | 'candidate';

/** Something a watch saw. `at` is when it arrived, ms since the epoch. Each kind is judged by itself, so nothing slow holds up the rest. */
export type WatchSample = OpenedSample | ShiftedSample | SplitSample | MendedSample | ProbeSample | CountsSample | AnswerSample;

/** The first reading of the counters, where the deployment had read them when it began: what happened since then, before the candidate had a share. */
export interface OpenedSample {
  readonly kind: 'opened';
  readonly at: number;
  /** How long ago the deployment read them. */
  readonly passedMs: number;
  readonly counts: CountsSample;
}

/** Every router instance has the shift: the bake begins. */
export interface ShiftedSample {
  readonly kind: 'shifted';
  readonly at: number;
  readonly candidateShare: BasisPoints;
}

/** What the router was seen to hold. */
export interface SplitSample {
  readonly kind: 'split';
  readonly at: number;
  /** By the instances that hold a generation of ours; absent when none does. */
  readonly candidateShare?: BasisPoints;
  /** One sentence for each instance that holds what somebody else wrote. */
  readonly strangers: Readonly<Record<string, string>>;
  /** Addresses of the candidate that some instance that answered does not have up and in rotation. */
  readonly down: readonly string[];
  /** One sentence for each instance that does not serve as it should although it could. */
  readonly gaps: Readonly<Record<string, string>>;
}

/** Router instances that had lost something and have it again. */
export interface MendedSample {
  readonly kind: 'mended';
  readonly at: number;
  /** One sentence an instance. */
  readonly instances: Readonly<Record<string, string>>;
}

/** One check, asked of every instance of a slot. */
export interface ProbeSample {
  readonly kind: 'probe';
  readonly at: number;
  readonly role: Role;
  /** The check's name in the definition. */
  readonly check: string;
  readonly answers: readonly ProbeAnswer[];
}

export interface ProbeAnswer {
  readonly instance: string;
  /** `unasked`: the check itself could not be carried out, which says nothing about the instance. */
  readonly outcome: 'well' | 'unwell' | 'unasked';
  readonly tookMs: number;
  readonly detail?: string;
  /** Nothing came back: what failed may lie on this side. */
  readonly unreached?: true;
}

/** What the router counted since the sample before. */
export interface CountsSample {
  readonly kind: 'counts';
  readonly at: number;
  readonly instances: readonly InstanceCounts[];
  /** Router instances that could not be read, with the reason. */
  readonly missing: readonly string[];
  /** Read between two judgments by the rules of the definition, for those that are built in. */
  readonly between?: true;
  /** From where to count next; absent when nothing could be read. */
  readonly marks?: Readonly<Record<string, string>>;
}

export interface InstanceCounts extends Readonly<Record<Role, Traffic & { readonly load: SlotLoad }>> {
  readonly instance: string;
}

/** The answer to one rule's query. */
export interface AnswerSample {
  readonly kind: 'answer';
  readonly at: number;
  readonly rule: string;
  readonly answer: QueryAnswer;
}
