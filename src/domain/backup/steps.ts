import type { Application, BackupPlan, BackupTrigger, ChosenBackup, DrillPlan, RestorePlan } from './plan.js';
import type { BackupStatus } from './backup-status.js';
import type { FingerprintSummary } from './fingerprint.js';
import type { Damage } from './manifest.js';
import type { CheckFailure } from './record.js';
import type { Proof, RestoreStatus } from './restore-status.js';
import type { Actor } from '../actor.js';

/** What the sequences of backups and restores ask of the outside, one entry an activity: its input and its result. Plain data both. */
export interface BackupSteps {
  /** Of a schedule: writes the row that a request would have written. The same tick again gives the same id. */
  requestBackup: [input: { readonly plan: BackupPlan; readonly trigger: BackupTrigger; readonly by: Actor; readonly key: string; readonly reason?: string }, result: { readonly backup: string }];
  /** A schedule came while a backup ran. */
  skipBackup: [input: { readonly backup: string; readonly text: string }, result: object];
  claimBackup: [input: { readonly backup: string }, result: object];
  /** Fingerprint, dump, store. */
  capture: [input: BackupInput, result: CaptureResult];
  verifyBackup: [input: BackupInput & { readonly snapshot: string }, result: { readonly damage: readonly Damage[]; readonly at: string; readonly tookMs: number }];
  /** The catalogue's row. */
  recordBackup: [input: { readonly status: BackupStatus }, result: object];
  /** Read back once more, outside of its run. */
  recordVerified: [input: { readonly backup: string; readonly damage: readonly Damage[]; readonly at: string }, result: object];
  /** It was to be read back once more, and could not be. */
  recordUnread: [input: { readonly backup: string } & CheckFailure, result: object];
  /** `waitMs`: for others who work on the repository. */
  retain: [input: { readonly plan: BackupPlan; readonly waitMs: number }, result: RetainResult];
  /** Gives bytes back. `due`: unless that was done lately. */
  prune: [input: { readonly plan: BackupPlan; readonly repository: string; readonly when: 'due' | 'now' }, result: { readonly pruned: boolean; readonly tookMs: number }];
  tell: [input: Telling, result: object];

  claimRestore: [input: { readonly restore: string }, result: object];
  quiesce: [input: RestoreInput, result: object];
  unquiesce: [input: RestoreInput, result: object];
  /** Chooses nothing: brings the chosen backup beside what is live. */
  copy: [input: RestoreInput | DrillInput, result: CopyResult];
  prove: [input: (RestoreInput | DrillInput) & { readonly compareLive: boolean; readonly safetyBackup?: string }, result: Proof];
  swap: [input: RestoreInput, result: SwapOutcome];
  swapBack: [input: RestoreInput, result: SwapOutcome];
  /** The health checks of every application that is live, and those of the source. */
  verifyApplication: [input: RestoreInput & { readonly applications: readonly Application[] }, result: { readonly notes: readonly string[] }];
  dropCopy: [input: RestoreInput | DrillInput, result: object];
  dropOld: [input: RestoreInput, result: object];
  recordRestore: [input: { readonly status: RestoreStatus }, result: object];

  /** Like `requestBackup`, of a drill. */
  requestDrill: [input: { readonly plan: BackupPlan; readonly by: Actor; readonly key: string }, result: { readonly drill: string }];
  /** A schedule came while a drill ran. */
  skipDrill: [input: { readonly drill: string; readonly text: string }, result: object];
  /** Of a drill: the newest verified backup. null: there is none. */
  openDrill: [input: { readonly plan: BackupPlan; readonly drill: string }, result: { readonly backup: ChosenBackup | null }];
  recordDrill: [input: { readonly drill: string; readonly backup: string | null; readonly proven: boolean; readonly text: string; readonly tookMs: number }, result: object];
}

/** What people are told of a run. */
export interface Telling {
  readonly plan: BackupPlan;
  readonly run: string;
  readonly kind: string;
  readonly text: string;
}

export interface BackupInput {
  readonly plan: BackupPlan;
  readonly backup: string;
  /** For a restore: it waits for no retention that wants to be alone. */
  readonly ahead?: boolean;
}

export interface RestoreInput {
  readonly plan: RestorePlan;
  readonly run: string;
}

export interface DrillInput {
  readonly plan: DrillPlan;
  readonly run: string;
}

export interface CaptureResult {
  readonly snapshot: string;
  readonly at: string;
  readonly fingerprint: FingerprintSummary;
  readonly bytes: number;
  readonly storedBytes: number;
  readonly tookMs: number;
  /** How long the fingerprint took of it. */
  readonly fingerprintMs: number;
  readonly notes: readonly string[];
}

export interface CopyResult {
  readonly bytes: number;
  readonly tookMs: number;
  /** How the swap will be done, and what clients see of it. */
  readonly swap: string;
}

export interface RetainResult {
  /** Ids of backups let go. */
  readonly forgotten: readonly string[];
  readonly notes: readonly string[];
  /** Why something is left to do; null: nothing is. */
  readonly skipped: string | null;
  /** Repositories that have bytes to give back, and have not for long. */
  readonly pruneDue: readonly string[];
  readonly tookMs: number;
}

export interface SwapOutcome {
  readonly tookMs: number;
  readonly detail: string;
}
