import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { BackupStatus } from '../../domain/backup/backup-status.js';
import type { RestoreControlKind, RestoreMessage, RestoreSignal } from '../../domain/backup/restore-message.js';
import type { RestorePlan } from '../../domain/backup/plan.js';
import type { RestoreStatus } from '../../domain/backup/restore-status.js';
import type { HeldAnswer } from './input.js';

export const backupStatusQuery = defineQuery<BackupStatus>('status');

export const restoreStatusQuery = defineQuery<RestoreStatus>('status');
export const restorePlanQuery = defineQuery<RestorePlan>('plan');

/** Answers when every service is held, or the restore has given up. */
export const heldUpdate = defineUpdate<HeldAnswer>('held');

/** Each control is an update, which answers with the new status or a code, ... */
export const restoreUpdate = (kind: RestoreControlKind) => defineUpdate<RestoreStatus, [RestoreMessage]>(kind);

/** ... and a signal of the same name for the Web UI and the Temporal CLI. */
export const restoreSignal = (kind: RestoreControlKind) => defineSignal<[RestoreSignal?]>(kind);

/** From the restore to its safety backup: writes are stopped, it may read. */
export const goSignal = defineSignal('go');

/** From the restore to what it holds: the service may be deployed again. */
export const releaseSignal = defineSignal('release');
