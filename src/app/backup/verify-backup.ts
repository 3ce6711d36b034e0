import { pathOf } from '../../domain/backup/names.js';
import type { BackupPlan } from '../../domain/backup/plan.js';
import type { BackupRecord } from '../../domain/backup/record.js';
import { SlipwayError } from '../../domain/errors.js';
import type { IdempotencyClaim } from '../../store/stores.js';
import { answerOnce } from '../carry-out-once.js';
import type { AppDeps } from '../deps.js';
import { backupOf } from './backup-record-of.js';
import { type BackupTicket, backupTicket } from './backup-view.js';
import { todaysPlan } from './todays-plan.js';

/**
 * Reads the backup back from its destination once more. While that goes on, asking again starts nothing; with the same claim it starts nothing ever.
 *
 * @throws BACKUP_NOT_FOUND, BACKUP_NOT_STORED, BACKUP_FORGOTTEN, IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_IN_FLIGHT, DATABASE_UNAVAILABLE, TEMPORAL_UNAVAILABLE
 */
export const verifyBackup = (deps: AppDeps) => (id: string, claim?: IdempotencyClaim): Promise<BackupTicket> => answerOnce(deps, claim, async () => {
  const record = await backupOf(deps.stores, id);
  const snapshot = snapshotOf(record);
  await deps.backupRuns.startVerify({ backup: id, plan: await planOf(deps, record), snapshot });
  return backupTicket(record);
});

/** Today's definition says who is told and how long it may take, the backup itself where it is. */
async function planOf(deps: AppDeps, record: BackupRecord): Promise<BackupPlan> {
  const { site, notify, source: { timeoutMs } } = await todaysPlan(deps, record);
  return { ...record.plan, site, notify, source: { ...record.plan.source, timeoutMs } };
}

/** What stands for the backup in its repository. @throws BACKUP_NOT_STORED, BACKUP_FORGOTTEN */
export function snapshotOf(record: BackupRecord): string {
  const { id, state, snapshot } = record;
  if (state === 'forgotten') throw new SlipwayError('BACKUP_FORGOTTEN', `Retention let backup ${id} of ${pathOf(record)} go.`);
  if (snapshot === null) throw new SlipwayError('BACKUP_NOT_STORED', `Nothing of backup ${id} is stored: it is ${state}.`);
  return snapshot;
}
