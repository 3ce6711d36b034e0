import { describe, expect, it } from '@jest/globals';
import { ActivityFailure, ApplicationFailure, CancelledFailure, RetryState, TimeoutFailure } from '@temporalio/common';
import { stepFailure } from './step-failure.js';

describe('the failure of a step', () => {
  it('has the code of what the activity threw', () => {
    expect(stepFailure(activityFailure(ApplicationFailure.retryable('nobody answers', 'SOURCE_UNREACHABLE')))).toEqual({ ok: false, code: 'SOURCE_UNREACHABLE', text: 'nobody answers' });
  });

  it('says that its time ran out', () => {
    expect(stepFailure(activityFailure(new TimeoutFailure('activity ScheduleToClose timeout', undefined, 'SCHEDULE_TO_CLOSE')))).toMatchObject({ code: 'STEP_TIMEOUT' });
  });

  it('is a cancellation where it was cancelled', () => {
    expect(stepFailure(activityFailure(new CancelledFailure('stopped')))).toMatchObject({ code: 'CANCELLED' });
  });

  it('is internal where nobody foresaw it', () => {
    expect(stepFailure(new Error('boom'))).toEqual({ ok: false, code: 'INTERNAL', text: 'boom' });
  });
});

function activityFailure(cause: Error): ActivityFailure {
  return new ActivityFailure('failed', 'capture', '1', RetryState.TIMEOUT, undefined, cause);
}
