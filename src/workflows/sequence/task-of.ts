import { CancellationScope } from '@temporalio/workflow';
import type { Outcome, StartOptions, Task } from './runtime.js';
import { stepFailure } from './step-failure.js';

/** Work as a task. Never rejects: a failure is an outcome, and the sequence decides what it means. */
export function taskOf<T>(name: string, work: () => Promise<T>, { settled }: Pick<StartOptions<T>, 'settled'>): Task<T> {
  const scope = new CancellationScope();
  let outcome: Outcome<T> | undefined;
  const settle = (value: Outcome<T>): void => { outcome = value; settled(value); };
  void scope.run(work).then((value) => settle({ ok: true, value }), (error: unknown) => settle(stepFailure(error)));
  return { name, get outcome() { return outcome; }, cancel: () => scope.cancel() };
}
