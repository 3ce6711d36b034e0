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
  // The server does not keep what the attempts before had said.
  if (cause instanceof TimeoutFailure) return { ok: false, code: 'STEP_TIMEOUT', text: `it did not end in time (${cause.timeoutType})` };
  return { ok: false, code: cause instanceof ApplicationFailure && cause.type ? cause.type : 'INTERNAL', text: cause instanceof Error ? cause.message : String(cause) };
}
