import type { Actor } from '../../domain/actor.js';
import type { LegalHold } from '../../domain/backup/record.js';
import type { AppDeps } from '../deps.js';
import { backupOf } from './backup-record-of.js';
import { type BackupSummary, backupSummary } from './backup-view.js';
import { snapshotOf } from './verify-backup.js';

/**
 * From now on retention never takes the backup. A backup that is held already gets the new reason.
 *
 * @throws BACKUP_NOT_FOUND, BACKUP_NOT_STORED, BACKUP_FORGOTTEN, DATABASE_UNAVAILABLE
 */
export const holdBackup = (deps: AppDeps) => async (id: string, reason: string, by: Actor): Promise<BackupSummary> => {
  snapshotOf(await backupOf(deps.stores, id));
  return change(deps, id, { by: by.name, reason, at: new Date(deps.now()).toISOString() }, { actor: by.name, action: 'backup.hold', reason });
};

/** From now on the rules of retention count again. @throws BACKUP_NOT_FOUND, BACKUP_FORGOTTEN, DATABASE_UNAVAILABLE */
export const dropHold = (deps: AppDeps) => async (id: string, reason: string | undefined, by: Actor): Promise<BackupSummary> =>
  change(deps, id, null, { actor: by.name, action: 'backup.drop-hold', reason: reason ?? '' });

async function change(
  deps: AppDeps, id: string, hold: LegalHold | null, { actor, action, reason }: { readonly actor: string; readonly action: string; readonly reason: string },
): Promise<BackupSummary> {
  await deps.stores.backups.hold(id, hold);
  await deps.stores.audit.append({ actor, action, subject: id, detail: { reason } });
  return backupSummary(await backupOf(deps.stores, id));
}
