import type { BackupRecord, DrillRecord, RestoreRecord } from '../../domain/backup/record.js';
import { SlipwayError } from '../../domain/errors.js';
import type { Stores } from '../../store/stores.js';

/** @throws BACKUP_NOT_FOUND */
export async function backupOf({ backups }: Pick<Stores, 'backups'>, id: string): Promise<BackupRecord> {
  const record = await backups.get(id);
  if (record) return record;
  throw new SlipwayError('BACKUP_NOT_FOUND', `There is no backup ${id}.`);
}

/** @throws RESTORE_NOT_FOUND */
export async function restoreOf({ restores }: Pick<Stores, 'restores'>, id: string): Promise<RestoreRecord> {
  const record = await restores.get(id);
  if (record) return record;
  throw restoreNotFound(id);
}

export function restoreNotFound(id: string): SlipwayError {
  return new SlipwayError('RESTORE_NOT_FOUND', `There is no restore ${id}.`);
}

/** @throws DRILL_NOT_FOUND */
export async function drillOf({ drills }: Pick<Stores, 'drills'>, id: string): Promise<DrillRecord> {
  const record = await drills.get(id);
  if (record) return record;
  throw new SlipwayError('DRILL_NOT_FOUND', `There is no drill ${id}.`);
}
