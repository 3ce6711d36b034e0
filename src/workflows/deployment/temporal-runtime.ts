import {
  ActivityFailure, ApplicationFailure, CancellationScope, condition, isCancellation, proxyActivities, startChild, workflowInfo,
} from '@temporalio/workflow';
import type { Plan } from '../../domain/deployment/plan.js';
import type { StepInput, StepName, StepResult } from '../../domain/deployment/steps.js';
import type { recordOutcome } from './record-outcome.js';
import { activityOptions } from './activity-profiles.js';
import type { Outcome, Runtime, StartOptions, Task } from './runtime.js';

/** The activities by their names, one object argument each. */
export type DeploymentActivities = { [K in StepName]: (input: StepInput<K>) => Promise<StepResult<K>> };

/** The world of a real run: activities, durable timers, conditions. */
export function temporalRuntime(plan: Plan, changed: () => void): Runtime {
  return {
    now: () => Date.now(),
    until: async (holds, deadline) => {
      if (!deadline) return condition(holds).then(() => true);
      return condition(holds, deadline.ms, { summary: deadline.summary });
    },
    start: (name, input, options) => startStep(plan, name, input, options),
    recordLater: async (input, notices) => {
      await startChild<typeof recordOutcome>('recordOutcome', {
        args: [{ plan, input, notices }], workflowId: `${workflowInfo().workflowId}/record/${input.status.deployment}`, parentClosePolicy: 'ABANDON',
      });
    },
    changed,
    shouldContinue: () => workflowInfo().continueAsNewSuggested,
  };
}

function startStep<K extends StepName>(plan: Plan, name: K, input: StepInput<K>, { summary, settled }: StartOptions<K>): Task<StepResult<K>> {
  const scope = new CancellationScope();
  let outcome: Outcome<StepResult<K>> | undefined;
  const activities = proxyActivities<DeploymentActivities>({ ...activityOptions(name, input, plan), summary });
  // The proxy has exactly the steps; TypeScript loses the pairing of name, input and result behind a type parameter.
  const activity = activities[name] as unknown as (input: StepInput<K>) => Promise<StepResult<K>>;
  const settle = (value: Outcome<StepResult<K>>): void => { outcome = value; settled(value); };
  // Never rejects: a failure is an outcome, and the sequence decides what it means.
  void scope.run(() => activity(input)).then((value) => settle({ ok: true, value }), (error: unknown) => settle(failureOf(error)));
  return { name, get outcome() { return outcome; }, cancel: () => scope.cancel() };
}

function failureOf(error: unknown): { ok: false; code: string; text: string } {
  if (isCancellation(error)) return { ok: false, code: 'CANCELLED', text: 'the step was cancelled' };
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const code = cause instanceof ApplicationFailure && cause.type ? cause.type : 'INTERNAL';
  return { ok: false, code, text: cause instanceof Error ? cause.message : String(cause) };
}
