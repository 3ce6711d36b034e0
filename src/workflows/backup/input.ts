import type { Actor } from '../../domain/actor.js';
import type { Damage } from '../../domain/backup/manifest.js';
import type { BackupPlan, BackupTrigger, RestorePlan } from '../../domain/backup/plan.js';
import type { RestorePhase } from '../../domain/backup/restore-status.js';

/** The one argument of `backup`. */
export interface BackupWorkflowInput {
  readonly backup: string;
  readonly plan: BackupPlan;
  readonly trigger: BackupTrigger;
  readonly by: Actor;
  /** It reads nothing before the signal `go`, which must come within this time. @default it begins at once */
  readonly goWithinMs?: number;
}

/** Its one result. */
export interface BackupOutcome {
  readonly backup: string;
  readonly phase: 'succeeded' | 'damaged' | 'failed' | 'aborted';
  readonly code: string | null;
  readonly text: string;
}

/** Of `backupTick` and `drillTick`, which Schedules start. */
export interface TickInput {
  readonly plan: BackupPlan;
}

/** Of `verifyBackup`: reads one backup back once more. */
export interface VerifyInput {
  readonly backup: string;
  readonly plan: BackupPlan;
  readonly snapshot: string;
}

export interface VerifyOutcome {
  readonly damage: readonly Damage[];
  /** Why it could not be read; null when it was. */
  readonly failure: { readonly code: string; readonly text: string } | null;
}

/** Of `retention`: lets go, and gives bytes back. */
export interface RetentionInput {
  readonly plan: BackupPlan;
  /** `due`: bytes are given back unless that was done lately. */
  readonly prune: 'due' | 'now';
}

export interface RetentionOutcome {
  readonly forgotten: readonly string[];
  readonly pruned: readonly string[];
  readonly notes: readonly string[];
}

/** Of `restore`. */
export interface RestoreWorkflowInput {
  readonly restore: string;
  readonly plan: RestorePlan;
  readonly by: Actor;
  readonly reason?: string;
}

export interface RestoreOutcome {
  readonly restore: string;
  readonly phase: Extract<RestorePhase, 'succeeded' | 'rolled-back' | 'aborted' | 'failed'>;
  readonly code: string | null;
  readonly text: string;
}

/** Whether a restore has the services it must hold. */
export type HeldAnswer =
  | { readonly held: true }
  /** It has given up. `service`: which it could not hold, if that was why. */
  | { readonly held: false; readonly code: string; readonly text: string; readonly service: string | null };

/** Of `hold`, which keeps a service from being deployed while its data is swapped. */
export interface HoldInput {
  readonly restore: string;
  readonly service: string;
  readonly environment: string;
  /** `<environment>/<service>/<source>` of the data. */
  readonly source: string;
}

/** Of `restoreDrill`. */
export interface DrillWorkflowInput {
  readonly drill: string;
  readonly plan: BackupPlan;
  readonly by: Actor;
}

export interface DrillOutcome {
  readonly drill: string;
  readonly proven: boolean;
  readonly text: string;
}
