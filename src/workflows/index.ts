import type { DeploymentInput, DeploymentOutcome } from './deployment/input.js';
import { runDeployment } from './deployment/workflow.js';

export { recordOutcome } from './deployment/record-outcome.js';

/** Brings a release in steps. */
export async function canary(input: DeploymentInput): Promise<DeploymentOutcome> {
  return runDeployment(input);
}

/** Brings a release in one switch, with the old one kept warm. */
export async function blueGreen(input: DeploymentInput): Promise<DeploymentOutcome> {
  return runDeployment(input);
}

export { backupTick } from './backup/backup-tick.js';
export { backup } from './backup/backup-workflow.js';
export { deliverNotice } from './backup/deliver-notice.js';
export { drillTick } from './backup/drill-tick.js';
export { hold } from './backup/hold.js';
export { retention } from './backup/retention.js';
export { restoreDrill } from './backup/restore-drill.js';
export { restore } from './backup/restore-workflow.js';
export { verifyBackup } from './backup/verify-backup.js';
export { keeper } from './keeper/keeper.js';
