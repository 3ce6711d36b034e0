import { ApplicationFailure } from '@temporalio/common';
import { ERRORS, isSlipwayError } from '../domain/errors.js';

/** Keeps a failure's code as its type; what is not worth a retry is not retried. A cancellation stays one. */
export function failureOf(error: unknown): unknown {
  if (!isSlipwayError(error)) return error;
  const { retryAfterMs } = error;
  return ApplicationFailure.create({
    message: error.message, type: error.code, nonRetryable: !ERRORS[error.code].retryable, ...(retryAfterMs === undefined ? {} : { nextRetryDelay: retryAfterMs }),
  });
}
