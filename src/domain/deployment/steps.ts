import type { Generation, RouterEntry, Slot, Split } from '../router/entry.js';
import type { Persistence } from '../router/persistence.js';
import type { DeploymentEvent } from '../event/event.js';
import type { AttentionRead } from './attention.js';
import type { Plan } from './plan.js';
import type { MigrationStep } from './protection.js';
import type { StableRecord } from './record.js';
import type { DeploymentStatus } from './status.js';
import type { OpenedCounters, WatchInput, WatchResult } from './watching.js';

/**
 * What the sequence asks of the outside, one entry an activity: its input and its result. Plain data both.
 * Every input carries the status and the events that were not written yet; every result gives back what could not be written again.
 */
export interface Steps {
  claim: [input: Recorded & { readonly plan: Plan }, result: Unwritten];
  open: [input: Recorded & OpenInput, result: OpenResult & Unwritten];
  migrate: [input: Recorded & MigrateInput, result: MigrateResult & Unwritten];
  launch: [input: Recorded & SlotInput & EntryInput, result: { readonly instances: readonly Instance[]; readonly tookMs: number } & OfDisk & Unwritten];
  verify: [input: Recorded & SlotInput & { readonly instances: readonly Instance[] }, result: Unwritten];
  watch: [input: Recorded & WatchInput, result: WatchResult];
  shift: [input: Recorded & ShiftInput, result: ShiftResult & Unwritten];
  attend: [input: Recorded & AttendInput, result: AttendResult & Unwritten];
  retire: [input: Recorded & RetireInput, result: RetireResult & Unwritten];
  notify: [input: Recorded & { readonly plan: Plan; readonly kind: string; readonly text: string }, result: Unwritten];
  record: [input: Recorded & { readonly stable?: StableRecord }, result: Unwritten];
}

export type StepName = keyof Steps;
export type StepInput<K extends StepName> = Steps[K][0];
export type StepResult<K extends StepName> = Steps[K][1];

export interface Recorded {
  readonly status: DeploymentStatus;
  readonly carried: readonly DeploymentEvent[];
}

export interface Unwritten {
  readonly unwritten: readonly DeploymentEvent[];
}

/** Whether the router would start again as the step left it; absent: the step has not learned it. */
export interface OfDisk {
  readonly persistence?: Persistence;
}

export interface Instance {
  readonly id: string;
  readonly address: string;
}

/** Where a deployment acts. */
export interface Place {
  readonly router: string;
  readonly backend: string;
  readonly service: string;
  readonly environment: string;
  readonly deployment: string;
}

export interface OpenInput extends Place {
  readonly plan: Plan;
  /** The first generation of the deployment: `open` writes it into every entry, with what it repairs. */
  readonly repairGeneration: Generation;
}

/** A step that changes what a slot holds writes this entry before anything else: from then on whatever began under an earlier generation is refused. */
export interface EntryInput {
  /** What the routers say already, under a generation of its own. */
  readonly entry: RouterEntry;
  /** What the deployment wrote when it began. */
  readonly base: Generation;
}

export interface OpenResult extends OfDisk {
  /** What the router says once everything is settled. */
  readonly entry: RouterEntry;
  readonly candidate: Slot;
  readonly stableInstances: readonly Instance[];
  /** What the router had counted by then; absent when nothing is stable yet. */
  readonly counters?: OpenedCounters;
  /** What was found and mended, for people; null when all was settled. */
  readonly repaired: string | null;
  /** Router instances that the operator has taken out: nothing is said or shown of them. */
  readonly maintenance: readonly string[];
}

/** A migration of the data by the user's own command. */
export interface MigrateInput extends Place {
  readonly plan: Plan;
  readonly migration: MigrationStep;
}

export interface MigrateResult {
  readonly tookMs: number;
  /** The end of what the command said, without what looks like a secret. */
  readonly output: string;
}

export interface SlotInput extends Place {
  readonly plan: Plan;
  readonly slot: Slot;
}

export interface ShiftInput extends Place {
  readonly entry: RouterEntry;
  readonly base: Generation;
  readonly except: readonly string[];
  /** `back`: to what served before, traffic first, and not while that has no healthy instance. `roles-change`: to the candidate's slot for good. */
  readonly direction: 'back' | 'roles-change';
  /** What serves then, on every router instance; null: nothing, as a first release is given up. */
  readonly serving: { readonly instances: readonly Instance[]; readonly plan: Plan } | null;
  /** Pulled on every instance that answers when others do not. */
  readonly pull: readonly Generation[];
  readonly timeoutMs: number;
}

export interface ShiftResult extends OfDisk {
  /**
   * `pulled`: a watch pulled the candidate before; nothing is written over that. `unserved`: every router instance has the entry, and on some the
   * slot that is to serve has no server that is up.
   */
  readonly outcome: 'done' | 'unreached' | 'unserved' | 'conflict' | 'pulled' | 'stable-down';
  /** Of every router instance; null where they may differ. */
  readonly split: Split | null;
  /** The router instances that stand in the way of `done`. */
  readonly unreached: readonly string[];
  readonly detail: string;
  /** For people: router instances that had lost servers, and have them again. */
  readonly restored: readonly string[];
}

export interface AttendInput extends Place {
  readonly plan: Plan;
  /** What every router instance shall say. */
  readonly entry: RouterEntry;
  readonly base: Generation;
  readonly except: readonly string[];
  readonly stableInstances: readonly Instance[];
  readonly candidateInstances: readonly Instance[];
  /** Which slot was stable when the deployment began. */
  readonly stableSlot: Slot;
  /**
   * `read`: nobody knows yet what to write. `try`: write when stable answers. `write`: whatever the probes say.
   * `force`: a person decided, so another writer's entry is replaced too.
   */
  readonly mode: 'read' | 'try' | 'write' | 'force';
}

export interface AttendResult extends OfDisk {
  readonly read: AttentionRead;
  readonly shifted: ShiftResult;
}

export interface RetireInput extends SlotInput, EntryInput {
  readonly instances: readonly Instance[];
  readonly except: readonly string[];
  /** Whose instances they are: tells which release's target stops them. */
  readonly role: 'stable' | 'candidate';
  /** The instances of the slot that stays, where this deployment has shifted traffic to it: they must serve on every router instance before anything is stopped. */
  readonly serving: readonly Instance[];
}

export interface RetireResult extends OfDisk {
  readonly inFlight: number;
  readonly forced: boolean;
  /** Why nothing was stopped: what the other slot lacks, by router instance; null when it serves on each. */
  readonly unserved: string | null;
}
