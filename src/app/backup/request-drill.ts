import type { Actor } from '../../domain/actor.js';
import { addressOf, pathOf } from '../../domain/backup/names.js';
import type { BackupPlan, SourceAddress } from '../../domain/backup/plan.js';
import type { DrillRecord } from '../../domain/backup/record.js';
import { SlipwayError } from '../../domain/errors.js';
import type { IdempotencyClaim } from '../../store/stores.js';
import { carryOutOnce } from '../carry-out-once.js';
import type { AppDeps } from '../deps.js';
import { chooseBackup } from './choose-backup.js';
import { type DrillTicket, drillTicket } from './drill-view.js';
import { ownedPlan } from './owned-plan.js';
import { startRun } from './start-run.js';

/**
 * Restores the newest verified backup into scratch, proves it and drops it: touches nothing that is live. Idempotent as `requestBackup`.
 *
 * @throws SERVICE_NOT_FOUND, ENVIRONMENT_NOT_FOUND, SOURCE_UNKNOWN, SOURCE_NOT_OWNED, NO_BACKUP, DRILL_RUNNING, IDEMPOTENCY_KEY_REUSED,
 *   IDEMPOTENCY_IN_FLIGHT, DATABASE_UNAVAILABLE, TEMPORAL_UNAVAILABLE
 */
export const requestDrill = (deps: AppDeps) => ({ service, environment, source }: SourceAddress, by: Actor, claim?: IdempotencyClaim): Promise<DrillTicket> =>
  carryOutOnce<BackupPlan, DrillTicket>(deps, claim, {
    async prepare() {
      const plan = await ownedPlan(deps, { service, environment, source });
      await chooseBackup(deps, addressOf(plan));
      return plan;
    },
    async start(plan) {
      const drill = { id: deps.newId(), ...addressOf(plan), by };
      await deps.stores.drills.request(drill, claim);
      return start(deps, drill, plan);
    },
    async begun(id) {
      const record = await deps.stores.drills.get(id);
      return record && (await hasBegun(deps, record)) ? drillTicket(record) : undefined;
    },
    async driveOn(id) {
      const record = await deps.stores.drills.get(id);
      return record && start(deps, record, await ownedPlan(deps, record));
    },
  });

/** On record, or its run has or had the lock last. */
async function hasBegun({ backupRuns }: AppDeps, { id, service, environment, source, endedAt, plan }: DrillRecord): Promise<boolean> {
  return endedAt !== null || plan !== null || (await backupRuns.describe('drill', { service, environment, source }))?.run === id;
}

async function start(deps: AppDeps, row: SourceAddress & { readonly id: string; readonly by: Actor }, plan: BackupPlan): Promise<DrillTicket> {
  const { id, by } = row;
  await startRun(deps, {
    start: () => deps.backupRuns.startDrill({ drill: id, plan, by }),
    withdraw: () => deps.stores.drills.withdraw(id),
    refusal: (live) => new SlipwayError('DRILL_RUNNING', `Drill ${live} of ${pathOf(row)} is running.`, { details: { drill: live } }),
  });
  return drillTicket({ ...row, proven: null, endedAt: null });
}
