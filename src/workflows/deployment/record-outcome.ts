import { proxyActivities, sleep } from '@temporalio/workflow';
import type { Plan } from '../../domain/deployment/plan.js';
import type { StepInput } from '../../domain/deployment/steps.js';
import { activityOptions } from './activity-profiles.js';
import type { DeploymentActivities } from './temporal-runtime.js';

/** Longer than the log of events pauses after a failure. */
const AGAIN_AFTER_MS = 5_000;

/** Writes the last record and events of a deployment whose database was away, for as long as it takes; holds no lock. */
export async function recordOutcome({ plan, input }: { plan: Plan; input: StepInput<'record'> }): Promise<void> {
  const { record } = proxyActivities<DeploymentActivities>({ ...activityOptions('record', input, plan), summary: `record: ${input.status.phase}` });
  for (let { carried } = input; ;) {
    const { unwritten } = await record({ ...input, carried });
    if (unwritten.length === 0) return;
    carried = unwritten;
    await sleep(AGAIN_AFTER_MS, { summary: `${unwritten.length} events are not written yet` });
  }
}
