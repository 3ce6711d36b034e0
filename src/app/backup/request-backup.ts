import type { Actor } from '../../domain/actor.js';
import { addressOf, pathOf } from '../../domain/backup/names.js';
import type { BackupPlan, SourceAddress } from '../../domain/backup/plan.js';
import type { BackupRecord } from '../../domain/backup/record.js';
import { SlipwayError } from '../../domain/errors.js';
import type { NewBackup } from '../../store/backup-stores.js';
import type { IdempotencyClaim } from '../../store/stores.js';
import { carryOutOnce } from '../carry-out-once.js';
import type { AppDeps } from '../deps.js';
import { type BackupTicket, backupTicket } from './backup-view.js';
import { ownedPlan } from './owned-plan.js';
import { startRun } from './start-run.js';

export interface RequestBackup extends SourceAddress {
  readonly reason?: string | undefined;
}

/**
 * Starts a backup. With an idempotency claim a repeated request drives the same backup on, whatever became of the first one.
 *
 * @throws SERVICE_NOT_FOUND, ENVIRONMENT_NOT_FOUND, SOURCE_UNKNOWN, SOURCE_NOT_OWNED, BACKUP_RUNNING, IDEMPOTENCY_KEY_REUSED,
 *   IDEMPOTENCY_IN_FLIGHT, DATABASE_UNAVAILABLE, TEMPORAL_UNAVAILABLE
 */
export const requestBackup = (deps: AppDeps) => (command: RequestBackup, by: Actor, claim?: IdempotencyClaim): Promise<BackupTicket> =>
  carryOutOnce<BackupPlan, BackupTicket>(deps, claim, {
    prepare: () => ownedPlan(deps, command),
    async start(plan) {
      const backup = newBackup(deps, plan, command, by);
      await deps.stores.backups.request(backup, claim);
      return start(deps, { ...backup, state: 'requested' });
    },
    async begun(id) {
      const record = await deps.stores.backups.get(id);
      return record && (await hasBegun(deps, record)) ? backupTicket(record) : undefined;
    },
    async driveOn(id) {
      const record = await deps.stores.backups.get(id);
      return record && start(deps, record);
    },
  });

function newBackup({ newId }: AppDeps, plan: BackupPlan, { reason }: RequestBackup, by: Actor): NewBackup {
  return { id: newId(), ...addressOf(plan), repository: plan.source.repository, trigger: 'request', by, plan, ...(reason !== undefined && { reason }) };
}

/** On record, or its run has or had the lock last. */
async function hasBegun({ backupRuns }: AppDeps, record: BackupRecord): Promise<boolean> {
  if (record.endedAt !== null || record.status !== null) return true;
  return (await backupRuns.describe('backup', addressOf(record.plan)))?.run === record.id;
}

async function start(deps: AppDeps, row: Pick<BackupRecord, 'id' | 'plan' | 'trigger' | 'by'> & BackupTicket): Promise<BackupTicket> {
  const { id, plan, trigger, by } = row;
  await startRun(deps, {
    start: () => deps.backupRuns.startBackup({ backup: id, plan, trigger, by }),
    withdraw: () => deps.stores.backups.withdraw(id),
    refusal: (live) => new SlipwayError('BACKUP_RUNNING', `Backup ${live} of ${pathOf(row)} is running.`, { details: { backup: live } }),
  });
  return backupTicket(row);
}
