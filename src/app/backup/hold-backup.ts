import type { Actor } from '../../domain/actor.js';
import type { IdempotencyClaim } from '../../store/stores.js';
import { answerOnce } from '../carry-out-once.js';
import type { AppDeps } from '../deps.js';
import { backupOf } from './backup-record-of.js';
import { type BackupSummary, backupSummary } from './backup-view.js';
import { snapshotOf } from './verify-backup.js';

/**
 * From now on retention never takes the backup. A backup that is held already gets the new reason.
 *
 * @throws BACKUP_NOT_FOUND, BACKUP_NOT_STORED, BACKUP_FORGOTTEN, IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_IN_FLIGHT, DATABASE_UNAVAILABLE
 */
export const holdBackup = (deps: AppDeps) => (id: string, reason: string, by: Actor, claim?: IdempotencyClaim): Promise<BackupSummary> => answerOnce(deps, claim, async () => {
  snapshotOf(await backupOf(deps.stores, id));
  await deps.stores.backups.hold(id, { by: by.name, reason, at: new Date(deps.now()).toISOString() }, { actor: by.name, action: 'backup.hold', subject: id, detail: { reason } });
  return backupSummary(await backupOf(deps.stores, id));
});

/** From now on the rules of retention count again. @throws BACKUP_NOT_FOUND, BACKUP_FORGOTTEN, DATABASE_UNAVAILABLE */
export const dropHold = (deps: AppDeps) => async (id: string, reason: string | undefined, by: Actor): Promise<BackupSummary> => {
  await deps.stores.backups.hold(id, null, { actor: by.name, action: 'backup.drop-hold', subject: id, detail: { reason: reason ?? '' } });
  return backupSummary(await backupOf(deps.stores, id));
};
