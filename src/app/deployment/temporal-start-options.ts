import type { WorkflowStartOptions } from '@temporalio/client';
import type { DeploymentInput, DeploymentOutcome } from '../../workflows/deployment/input.js';
import { deploymentWorkflowId } from '../../domain/names.js';
import { WORKFLOW_QUEUE } from '../../domain/task-queues.js';
import {
  SlipwayAwaitingApproval, SlipwayDeployment, SlipwayEnvironment, SlipwayPhase, SlipwayService, SlipwayStrategy, SlipwayVersion,
} from '../../workflows/sequence/search-attributes.js';

type DeploymentWorkflow = (input: DeploymentInput) => Promise<DeploymentOutcome>;

/** The id is the lock: a second start is refused while one runs, and free once it has ended. */
export function startOptionsOf(input: DeploymentInput): WorkflowStartOptions<DeploymentWorkflow> {
  const { service, environment, strategy, candidate } = input.plan;
  return {
    taskQueue: WORKFLOW_QUEUE,
    workflowId: deploymentWorkflowId(environment, service),
    workflowIdConflictPolicy: 'FAIL',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    // A worker that dies with a task in its hands holds the run back no longer than this.
    workflowTaskTimeout: '2s',
    args: [input],
    memo: { deployment: input.deployment, version: candidate.version },
    typedSearchAttributes: [
      { key: SlipwayDeployment, value: input.deployment },
      { key: SlipwayService, value: service },
      { key: SlipwayEnvironment, value: environment },
      { key: SlipwayVersion, value: candidate.version },
      { key: SlipwayStrategy, value: strategy.name },
      { key: SlipwayPhase, value: 'requested' },
      { key: SlipwayAwaitingApproval, value: false },
    ],
    staticSummary: `${service} -> ${environment}`,
    staticDetails: `Service **${service}**, environment **${environment}**. What it does now stands under the current details.`,
  };
}
