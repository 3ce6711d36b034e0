import type { BackupStatus } from './backup-status.js';
import type { BackupPlan, BackupTrigger, RestorePlan } from './plan.js';
import type { RestoreStatus } from './restore-status.js';

interface NewBackup {
  readonly backup: string;
  readonly plan: BackupPlan;
  readonly trigger: BackupTrigger;
}

interface NewRestore {
  readonly restore: string;
  readonly plan: RestorePlan;
}

/** What a backup says of itself before it has done anything. */
export function firstBackupStatus({ backup, plan, trigger }: NewBackup, startedAt: string): BackupStatus {
  return {
    backup, service: plan.service, environment: plan.environment, source: plan.source.name, repository: plan.source.repository, trigger, phase: 'requested',
    snapshot: null, fingerprint: null, bytes: null, storedBytes: null, at: null, verifiedAt: null, damage: [], cause: null, notes: [], tookMs: {}, startedAt, endedAt: null,
  };
}

/** What a restore says of itself before it has done anything. */
export function firstRestoreStatus({ restore, plan }: NewRestore, startedAt: string): RestoreStatus {
  return {
    restore, service: plan.service, environment: plan.environment, source: plan.source.name, backup: plan.backup.id, dryRun: plan.dryRun, phase: 'requested',
    paused: false, waitsFor: null, live: 'old', held: [], safetyBackup: null, proof: null, gates: [], canAbort: false, loss: plan.loss,
    pointOfNoReturn: plan.pointOfNoReturn, cause: null, notes: [], milestones: {}, tookMs: {}, startedAt, endedAt: null,
  };
}
