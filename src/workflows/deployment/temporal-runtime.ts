import { startChild, workflowInfo } from '@temporalio/workflow';
import type { StepInput, StepName, Steps } from '../../domain/deployment/steps.js';
import { type ActivitiesOf, temporalRuntime } from '../sequence/temporal-runtime.js';
import type { recordOutcome } from './record-outcome.js';
import { activityOptions } from './activity-profiles.js';
import { backupBefore } from './backup-before.js';
import type { DeploymentInput } from './input.js';
import type { Runtime } from './runtime.js';

export type DeploymentActivities = ActivitiesOf<Steps>;

/** The world of a real deployment. */
export function deploymentRuntime({ deployment, plan, by }: Pick<DeploymentInput, 'deployment' | 'plan' | 'by'>, changed: () => void): Runtime {
  return {
    // What a step is given is that step's input.
    ...temporalRuntime<Steps>({ optionsOf: (name, input) => activityOptions(name, input as StepInput<StepName>, plan), changed }),
    recordLater: async (input, notices) => {
      await startChild<typeof recordOutcome>('recordOutcome', {
        args: [{ plan, input, notices }], workflowId: `${workflowInfo().workflowId}/record/${input.status.deployment}`, parentClosePolicy: 'ABANDON',
      });
    },
    backUp: (source, options) => backupBefore({ deployment, by, plan: source }, options),
  };
}
