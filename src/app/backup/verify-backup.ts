import { pathOf } from '../../domain/backup/names.js';
import type { BackupRecord } from '../../domain/backup/record.js';
import { SlipwayError } from '../../domain/errors.js';
import type { AppDeps } from '../deps.js';
import { backupOf } from './backup-record-of.js';
import { type BackupTicket, backupTicket } from './backup-view.js';

/**
 * Reads the backup back from its destination once more. While that goes on, asking again starts nothing.
 *
 * @throws BACKUP_NOT_FOUND, BACKUP_NOT_STORED, BACKUP_FORGOTTEN, DATABASE_UNAVAILABLE, TEMPORAL_UNAVAILABLE
 */
export const verifyBackup = (deps: AppDeps) => async (id: string): Promise<BackupTicket> => {
  const record = await backupOf(deps.stores, id);
  await deps.backupRuns.startVerify({ backup: id, plan: record.plan, snapshot: snapshotOf(record) });
  return backupTicket(record);
};

/** What stands for the backup in its repository. @throws BACKUP_NOT_STORED, BACKUP_FORGOTTEN */
export function snapshotOf(record: BackupRecord): string {
  const { id, state, snapshot } = record;
  if (state === 'forgotten') throw new SlipwayError('BACKUP_FORGOTTEN', `Retention let backup ${id} of ${pathOf(record)} go.`);
  if (snapshot === null) throw new SlipwayError('BACKUP_NOT_STORED', `Nothing of backup ${id} is stored: it is ${state}.`);
  return snapshot;
}
