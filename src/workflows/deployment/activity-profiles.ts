import type { ActivityOptions } from '@temporalio/workflow';
import type { Plan } from '../../domain/deployment/plan.js';
import type { StepInput, StepName } from '../../domain/deployment/steps.js';
import { MIGRATION_ATTEMPTS, MIGRATION_STEPS, migrationAttemptMs, migrationLimitMs } from '../../domain/deployment/protection.js';
import { heavyQueue, trafficQueue, watchQueue } from '../../domain/task-queues.js';

const SECOND = 1_000;
const MINUTE = 60_000;
/** A watch ends by verdict or cancel, never by this: the SDK cancels an activity locally when it elapses. */
const THIRTY_DAYS = 30 * 24 * 60 * MINUTE;
const PATIENT = { initialInterval: SECOND, backoffCoefficient: 2, maximumInterval: 5 * SECOND };
/** Who waits for traffic to be safe waits for little else. */
const EAGER = { initialInterval: 200, backoffCoefficient: 2, maximumInterval: 2 * SECOND };

/** Time limits, retries and queue of each step. All of them change something outside, so a cancel is waited for. */
export function activityOptions<K extends StepName>(name: K, input: StepInput<K>, plan: Plan): ActivityOptions {
  return { cancellationType: 'WAIT_CANCELLATION_COMPLETED', ...profileOf(name, input, plan) };
}

function profileOf(name: StepName, input: object, plan: Plan): ActivityOptions {
  const traffic = { taskQueue: trafficQueue(plan.site), retry: EAGER };
  // The queue of the workflow itself.
  const database = { retry: PATIENT };
  switch (name) {
    case 'claim': return { ...database, startToCloseTimeout: 10 * SECOND };
    case 'record': return { ...database, startToCloseTimeout: 10 * SECOND };
    case 'notify': return { ...database, startToCloseTimeout: 30 * SECOND, scheduleToCloseTimeout: 5 * MINUTE };
    case 'open': {
      // Drains and stops what an earlier run left in the slot.
      const limit = plan.candidate.drain.timeoutMs + 2 * MINUTE;
      return { ...traffic, startToCloseTimeout: limit, scheduleToCloseTimeout: limit, heartbeatTimeout: 5 * SECOND };
    }
    case 'migrate': {
      const command = { timeoutMs: migrationTimeoutOf(input, plan) };
      const retry = { ...PATIENT, maximumAttempts: MIGRATION_ATTEMPTS };
      const limits = { startToCloseTimeout: migrationAttemptMs(command), scheduleToCloseTimeout: migrationLimitMs(command) };
      return { taskQueue: heavyQueue(plan.site), retry, ...limits, heartbeatTimeout: 10 * SECOND };
    }
    case 'launch': {
      const limit = plan.candidate.launch.timeoutMs;
      return { ...traffic, startToCloseTimeout: limit + 30 * SECOND, scheduleToCloseTimeout: limit + MINUTE, heartbeatTimeout: 5 * SECOND };
    }
    case 'verify': return { ...traffic, startToCloseTimeout: 2 * MINUTE, heartbeatTimeout: 5 * SECOND, scheduleToCloseTimeout: 5 * MINUTE };
    case 'watch': return { taskQueue: watchQueue(plan.site), retry: EAGER, startToCloseTimeout: THIRTY_DAYS, heartbeatTimeout: heartbeatOf(input) };
    case 'shift': return { ...traffic, startToCloseTimeout: MINUTE, heartbeatTimeout: 3 * SECOND, scheduleToCloseTimeout: 2 * MINUTE };
    case 'attend': return { ...traffic, startToCloseTimeout: 20 * SECOND, heartbeatTimeout: 5 * SECOND, scheduleToCloseTimeout: 30 * SECOND };
    case 'retire': {
      // The release that is drained may be either; a target's command ends by a timeout of its own.
      const limit = Math.max(plan.candidate.drain.timeoutMs, plan.stable?.drain.timeoutMs ?? 0) + 6 * MINUTE;
      return { ...traffic, startToCloseTimeout: limit, scheduleToCloseTimeout: limit, heartbeatTimeout: 5 * SECOND };
    }
  }
}

function heartbeatOf(input: object): number {
  return 'heartbeatTimeoutMs' in input && typeof input.heartbeatTimeoutMs === 'number' ? input.heartbeatTimeoutMs : 3 * SECOND;
}

function migrationTimeoutOf(input: object, { protect }: Plan): number {
  const migration = 'migration' in input ? MIGRATION_STEPS.find((known) => known === input.migration) : undefined;
  return (migration && protect?.migrate[migration]?.timeoutMs) ?? MINUTE;
}
