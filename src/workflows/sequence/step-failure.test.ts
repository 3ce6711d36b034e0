import { describe, expect, it } from '@jest/globals';
import { ActivityFailure, ApplicationFailure, CancelledFailure, RetryState, TimeoutFailure } from '@temporalio/common';
import { stepFailure } from './step-failure.js';

const UNREACHABLE = ApplicationFailure.retryable('nobody answers', 'SOURCE_UNREACHABLE');

describe('the failure of a step', () => {
  it('has the code of what the activity threw', () => {
    expect(stepFailure(activityFailure(UNREACHABLE))).toEqual({ ok: false, code: 'SOURCE_UNREACHABLE', text: 'nobody answers' });
  });

  it('has the code of the last attempt when the time for all of them ran out during another one', () => {
    expect(stepFailure(activityFailure(timeout(UNREACHABLE)))).toMatchObject({ code: 'SOURCE_UNREACHABLE' });
  });

  it('says that the time ran out when nothing else is known', () => {
    expect(stepFailure(activityFailure(timeout()))).toMatchObject({ code: 'STEP_TIMEOUT' });
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

function timeout(last?: Error): TimeoutFailure {
  // As the converter of the SDK does with what the server sent.
  return Object.assign(new TimeoutFailure('activity ScheduleToClose timeout', undefined, 'SCHEDULE_TO_CLOSE'), { cause: last });
}
