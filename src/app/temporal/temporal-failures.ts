import {
  isGrpcServiceError, ServiceError, WorkflowNotFoundError, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { isErrorCode, isSlipwayError, messageOf, SlipwayError } from '../../domain/errors.js';

/** gRPC's number for "the request itself is wrong". */
const INVALID_ARGUMENT = 3;

/** Says in our words why a call to the server failed. @throws always */
export function mapTemporalFailure(error: unknown): never {
  if (isSlipwayError(error)) throw error;
  const cause = error instanceof ServiceError ? error.cause : error;
  if (isGrpcServiceError(cause) && cause.code === INVALID_ARGUMENT) {
    if (/search attribute/i.test(cause.details)) throw new SlipwayError('TEMPORAL_NOT_PREPARED', `Temporal refused the start: ${cause.details}.`, { cause: error });
    throw new SlipwayError('TEMPORAL_REFUSED', `Temporal refused the call: ${cause.details}.`, { cause: error });
  }
  throw new SlipwayError('TEMPORAL_UNAVAILABLE', `The Temporal server did not carry out the call: ${reasonOf(cause)}.`, { cause: error });
}

/** Whose messages fail: what its end is called, and how it is named to people. */
export interface Addressee {
  readonly ended: 'DEPLOYMENT_ENDED' | 'RESTORE_ENDED';
  readonly name: string;
}

/** Says in our words why a message to a run failed. */
export function mapControlFailure({ ended, name }: Addressee): (error: unknown) => never {
  return (error) => {
    if (error instanceof WorkflowNotFoundError) throw new SlipwayError(ended, `No run of this ${name} is live.`, { cause: error });
    if (error instanceof WorkflowUpdateFailedError) throw refusalOf(error, { ended, name });
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
      throw new SlipwayError('TEMPORAL_TIMEOUT', `No worker answered for the ${name} in time: the message may still take effect.`, { cause: error });
    }
    return mapTemporalFailure(error);
  };
}

/** The run's failure type is the code. */
function refusalOf(error: WorkflowUpdateFailedError, { ended, name }: Addressee): SlipwayError {
  const { cause } = error;
  const code = cause instanceof ApplicationFailure ? cause.type : undefined;
  // A run that ends while the message is under way fails it with a type of the server's own.
  if (code === 'AcceptedUpdateCompletedWorkflow') return new SlipwayError(ended, `The ${name} ended meanwhile.`, { cause: error });
  if (!isErrorCode(code)) return new SlipwayError('INTERNAL', `The run refused the message: ${messageOf(cause ?? error)}`, { cause: error });
  return new SlipwayError(code, messageOf(cause), { cause: error });
}

function reasonOf(cause: unknown): string {
  return isGrpcServiceError(cause) ? cause.details || cause.message : messageOf(cause);
}
