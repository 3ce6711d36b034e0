import { proxyActivities, sleep } from '@temporalio/workflow';
import type { Plan } from '../../domain/deployment/plan.js';
import type { StepInput } from '../../domain/deployment/steps.js';
import { activityOptions } from './activity-profiles.js';
import type { DeploymentActivities } from './temporal-runtime.js';

/** Longer than the log of events pauses after a failure. */
const AGAIN_AFTER_MS = 5_000;

export interface OutcomeToRecord {
  readonly plan: Plan;
  readonly input: StepInput<'record'>;
  /** Not delivered when the deployment ended. */
  readonly notices: readonly StepInput<'notify'>[];
}

/** Writes the last record and events of a deployment whose database was away, and delivers its last notices, for as long as it takes; holds no lock. */
export async function recordOutcome({ plan, input, notices }: OutcomeToRecord): Promise<void> {
  await Promise.all([writeAll(plan, input), ...notices.map((notice) => deliver(plan, notice))]);
}

async function writeAll(plan: Plan, input: StepInput<'record'>): Promise<void> {
  const { record } = proxyActivities<DeploymentActivities>({ ...activityOptions('record', input, plan), summary: `record: ${input.status.phase}` });
  for (let { carried } = input; ;) {
    const { unwritten } = await record({ ...input, carried });
    if (unwritten.length === 0) return;
    carried = unwritten;
    await sleep(AGAIN_AFTER_MS, { summary: `${unwritten.length} events are not written yet` });
  }
}

/** A notice that cannot be delivered in its time is in the worker's log; the record does not fail by it. */
async function deliver(plan: Plan, notice: StepInput<'notify'>): Promise<void> {
  const { notify } = proxyActivities<DeploymentActivities>({ ...activityOptions('notify', notice, plan), summary: `notify: ${notice.kind}` });
  await notify({ ...notice, carried: [] }).catch(() => undefined);
}
