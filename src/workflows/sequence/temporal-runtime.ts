import { type ActivityOptions, condition, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { NameOf, Runtime, StartOptions, StepMap, Task } from './runtime.js';
import { taskOf } from './task-of.js';

/** The activities by the names of the steps, one object argument each. */
export type ActivitiesOf<S extends StepMap<S>> = { [K in NameOf<S>]: (input: S[K][0]) => Promise<S[K][1]> };

export interface World<S extends StepMap<S>> {
  /** Time limits, retries and queue of a step. */
  readonly optionsOf: (name: NameOf<S>, input: object) => ActivityOptions;
  readonly changed: () => void;
}

/** The world of a real run: activities, durable timers, conditions. */
export function temporalRuntime<S extends StepMap<S>>({ optionsOf, changed }: World<S>): Runtime<S> {
  return {
    now: () => Date.now(),
    until: async (holds, deadline) => {
      if (!deadline) return condition(holds).then(() => true);
      return condition(holds, deadline.ms, { summary: deadline.summary });
    },
    start: (name, input, options) => startStep<S, typeof name>(optionsOf(name, input), name, input, options),
    changed,
    shouldContinue: () => workflowInfo().continueAsNewSuggested,
  };
}

function startStep<S extends StepMap<S>, K extends NameOf<S>>(
  options: ActivityOptions, name: K, input: S[K][0], { summary, settled }: StartOptions<S[K][1]>,
): Task<S[K][1]> {
  const activities = proxyActivities({ ...options, summary });
  // The proxy has exactly the steps; TypeScript loses the pairing of name, input and result behind a type parameter.
  const activity = activities[name] as unknown as (input: S[K][0]) => Promise<S[K][1]>;
  return taskOf(name, () => activity(input), { settled });
}
