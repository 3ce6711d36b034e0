import type { BackupPlan } from '../../domain/backup/plan.js';
import type { EnvironmentSpec } from '../../domain/service/environment.js';
import { type BackupDeps, backupPlansOf } from './backup-plans-of.js';

/** What is backed up before a deployment of the environment, if it asks for that. @throws as `backupPlansOf` */
export async function backupsBefore(deps: BackupDeps, spec: EnvironmentSpec): Promise<readonly BackupPlan[]> {
  return spec.protect?.backup === 'before' ? backupPlansOf(deps, spec) : [];
}
