import type { BackupPlan } from '../../domain/backup/plan.js';
import type { EnvironmentSpec } from '../../domain/service/environment.js';
import { backupPlansOf } from './backup-plans-of.js';
import type { OwnedPlanDeps } from './owned-plan.js';

/** What is backed up before a deployment of the environment, if it asks for that. @throws as `backupPlansOf` */
export async function backupsBefore(deps: OwnedPlanDeps, spec: EnvironmentSpec): Promise<readonly BackupPlan[]> {
  return spec.protect?.backup === 'before' ? backupPlansOf(deps, spec) : [];
}
