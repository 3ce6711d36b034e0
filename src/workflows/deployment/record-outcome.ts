import { proxyActivities } from '@temporalio/workflow';
import type { Plan } from '../../domain/deployment/plan.js';
import type { StepInput } from '../../domain/deployment/steps.js';
import { activityOptions } from './activity-profiles.js';
import type { DeploymentActivities } from './temporal-runtime.js';

/** Writes the last record of a deployment whose database was away, for as long as it takes; holds no lock. */
export async function recordOutcome({ plan, input }: { plan: Plan; input: StepInput<'record'> }): Promise<void> {
  const { record } = proxyActivities<DeploymentActivities>({ ...activityOptions('record', input, plan), summary: `record: ${input.status.phase}` });
  await record(input);
}
