import type { DescribeWorkflowExecutionResponse } from '@temporalio/client';
import { optionalTsToDate } from '@temporalio/common/lib/time.js';
import { type ErrorCode, isErrorCode } from '../../domain/errors.js';
import type { Trying } from '../backup/backup-runs.js';

type Pending = NonNullable<DescribeWorkflowExecutionResponse['pendingActivities']>[number];
type Failure = NonNullable<Pending['lastFailure']>;

/** A failure may carry what a program said; the record has all of it. */
const LONGEST_TEXT = 1_000;

/** The step that has failed and is tried again; null when none has. That a notice could not be delivered holds nothing up. */
export function tryingOf(pending: readonly Pending[]): Trying | null {
  for (const { activityType, attempt, lastFailure, nextAttemptScheduleTime, expirationTime } of pending) {
    const step = activityType?.name ?? '';
    if (!lastFailure || step === 'tell') continue;
    return { step, attempt: attempt ?? 1, ...sayingOf(lastFailure), nextAt: instant(nextAttemptScheduleTime), until: instant(expirationTime) };
  }
  return null;
}

function sayingOf({ message, applicationFailureInfo, timeoutFailureInfo }: Failure): { readonly code: ErrorCode; readonly text: string } {
  if (timeoutFailureInfo) return { code: 'STEP_TIMEOUT', text: 'its worker was not heard of any more' };
  const type = applicationFailureInfo?.type;
  return { code: isErrorCode(type) ? type : 'INTERNAL', text: (message ?? '').slice(0, LONGEST_TEXT) };
}

function instant(time: Pending['expirationTime']): string | null {
  const at = optionalTsToDate(time);
  return at && at.getTime() > 0 ? at.toISOString() : null;
}
