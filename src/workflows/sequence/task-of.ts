import { ActivityFailure, ApplicationFailure, CancellationScope, ChildWorkflowFailure, isCancellation } from '@temporalio/workflow';
import type { Outcome, StartOptions, Task } from './runtime.js';

/** Work as a task. Never rejects: a failure is an outcome, and the sequence decides what it means. */
export function taskOf<T>(name: string, work: () => Promise<T>, { settled }: Pick<StartOptions<T>, 'settled'>): Task<T> {
  const scope = new CancellationScope();
  let outcome: Outcome<T> | undefined;
  const settle = (value: Outcome<T>): void => { outcome = value; settled(value); };
  void scope.run(work).then((value) => settle({ ok: true, value }), (error: unknown) => settle(failureOf(error)));
  return { name, get outcome() { return outcome; }, cancel: () => scope.cancel() };
}

function failureOf(error: unknown): { ok: false; code: string; text: string } {
  if (isCancellation(error)) return { ok: false, code: 'CANCELLED', text: 'the step was cancelled' };
  const cause = error instanceof ActivityFailure || error instanceof ChildWorkflowFailure ? error.cause : error;
  const code = cause instanceof ApplicationFailure && cause.type ? cause.type : 'INTERNAL';
  return { ok: false, code, text: cause instanceof Error ? cause.message : String(cause) };
}
