import { setWorkflowOptions } from '@temporalio/workflow';
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

// A run ends on the code it began with, where worker versioning is on.
setWorkflowOptions({ versioningBehavior: 'PINNED' }, canary);
setWorkflowOptions({ versioningBehavior: 'PINNED' }, blueGreen);
