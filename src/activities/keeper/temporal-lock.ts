import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { messageOf, SlipwayError } from '../../domain/errors.js';
import { deploymentWorkflowId } from '../../domain/names.js';
import type { DeploymentLock } from './deps.js';

const LIMIT_MS = 3_000;

/** The workflow id is the lock: it is free when no workflow of that id is open. */
export function createTemporalLock(client: Client): DeploymentLock {
  return {
    async isFree(environment, service) {
      const handle = client.workflow.getHandle(deploymentWorkflowId(environment, service));
      try {
        const { status } = await client.withDeadline(Date.now() + LIMIT_MS, () => handle.describe());
        return status.name !== 'RUNNING' && status.name !== 'PAUSED';
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return true;
        throw new SlipwayError('TEMPORAL_UNAVAILABLE', `Whether a deployment of ${service} in ${environment} is live cannot be told: ${messageOf(error)}`, { cause: error });
      }
    },
  };
}
