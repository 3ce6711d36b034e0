import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure, isCancellation, TimeoutFailure } from '@temporalio/workflow';

export interface StepFailure {
  readonly ok: false;
  readonly code: string;
  readonly text: string;
}

/** What the failure of a step is to its sequence. */
export function stepFailure(error: unknown): StepFailure {
  if (isCancellation(error)) return { ok: false, code: 'CANCELLED', text: 'the step was cancelled' };
  const cause = error instanceof ActivityFailure || error instanceof ChildWorkflowFailure ? error.cause : error;
  // When its time runs out among attempts, what the last one said says more.
  const why = cause instanceof TimeoutFailure && cause.cause instanceof ApplicationFailure ? cause.cause : cause;
  if (why instanceof TimeoutFailure) return { ok: false, code: 'STEP_TIMEOUT', text: `it did not end in time (${why.timeoutType})` };
  return { ok: false, code: why instanceof ApplicationFailure && why.type ? why.type : 'INTERNAL', text: why instanceof Error ? why.message : String(why) };
}
