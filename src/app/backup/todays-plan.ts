import { addressOf } from '../../domain/backup/names.js';
import type { BackupPlan } from '../../domain/backup/plan.js';
import type { BackupRecord } from '../../domain/backup/record.js';
import { codeOf } from '../../domain/errors.js';
import { type OwnedPlanDeps, ownedPlan } from './owned-plan.js';

/**
 * How the source of the backup is backed up by today's definition: what counts for rules and notices, whatever counted when it was made.
 * Of a source that is declared no longer it is the last one that was.
 *
 * @throws DATABASE_UNAVAILABLE
 */
export async function todaysPlan(deps: OwnedPlanDeps, { plan }: Pick<BackupRecord, 'plan'>): Promise<BackupPlan> {
  try {
    return await ownedPlan(deps, addressOf(plan));
  } catch (error) {
    if (codeOf(error) === 'DATABASE_UNAVAILABLE') throw error;
    return plan;
  }
}
