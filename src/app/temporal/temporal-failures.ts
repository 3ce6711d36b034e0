import {
  isGrpcServiceError, ServiceError, WorkflowNotFoundError, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, NamespaceNotFoundError, TerminatedFailure } from '@temporalio/common';
import { isErrorCode, isSlipwayError, messageOf, SlipwayError } from '../../domain/errors.js';

/** gRPC's numbers. */
const STATUS = {
  invalidArgument: 3, permissionDenied: 7, resourceExhausted: 8, failedPrecondition: 9, aborted: 10, unimplemented: 12, unauthenticated: 16,
} as const;

/** The server understood and does not want it: the same call fails again until somebody changes something. */
const REFUSED: readonly number[] = [STATUS.invalidArgument, STATUS.permissionDenied, STATUS.unimplemented, STATUS.unauthenticated];

/** The run did not take the message just now: too many at once, a workflow task that failed, or one that another call overtook. */
const NOT_READY: readonly number[] = [STATUS.resourceExhausted, STATUS.failedPrecondition, STATUS.aborted];

/** Says in our words why a call to the server failed. @throws always */
export function mapTemporalFailure(error: unknown): never {
  if (isSlipwayError(error)) throw error;
  const cause = causeOf(error);
  if (cause instanceof NamespaceNotFoundError) {
    throw new SlipwayError('TEMPORAL_NOT_PREPARED', `The Temporal server has no namespace ${cause.namespace}.`, { cause: error });
  }
  if (isGrpcServiceError(cause) && cause.code === STATUS.invalidArgument && /search attribute/i.test(cause.details)) {
    throw new SlipwayError('TEMPORAL_NOT_PREPARED', `Temporal refused the start: ${cause.details}.`, { cause: error });
  }
  if (isGrpcServiceError(cause) && REFUSED.includes(cause.code)) {
    throw new SlipwayError('TEMPORAL_REFUSED', `Temporal refused the call: ${reasonOf(cause)}.`, { cause: error });
  }
  throw new SlipwayError('TEMPORAL_UNAVAILABLE', `The Temporal server did not carry out the call: ${reasonOf(cause)}.`, { cause: error });
}

/** Whose messages fail: what its end is called, and how it is named to people. */
export interface Addressee {
  readonly ended: 'DEPLOYMENT_ENDED' | 'RESTORE_ENDED';
  readonly name: string;
}

/** Says in our words why a message to a run failed. Whatever the server or the SDK says by itself may be repeated with the same message. */
export function mapControlFailure(to: Addressee): (error: unknown) => never {
  return (error) => {
    if (error instanceof WorkflowUpdateFailedError) throw refusalOf(error, to);
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) throw timedOut(to, error);
    const cause = causeOf(error);
    if (error instanceof WorkflowNotFoundError) throw isAboutUpdate(error) ? timedOut(to, error) : endedOf(to, error);
    if (!isGrpcServiceError(cause)) return mapTemporalFailure(error);
    if (/closing workflow|workflow execution already completed/i.test(cause.details)) throw endedOf(to, error);
    if (NOT_READY.includes(cause.code)) throw notReady(to, reasonOf(cause), error);
    return mapTemporalFailure(error);
  };
}

/** What the server says of an update that it has forgotten; of a run it says "workflow". */
function isAboutUpdate({ message }: WorkflowNotFoundError): boolean {
  return /update/i.test(message) && !/workflow/i.test(message);
}

/** The run's failure type is the code. */
function refusalOf(error: WorkflowUpdateFailedError, to: Addressee): SlipwayError {
  const { cause } = error;
  const type = cause instanceof ApplicationFailure ? cause.type : undefined;
  if (isErrorCode(type)) return new SlipwayError(type, messageOf(cause), { cause: error });
  // A run that ends while the message is under way fails it with a type of the server's own.
  if (type === 'AcceptedUpdateCompletedWorkflow' || cause instanceof TerminatedFailure) return endedOf(to, error);
  if (isBug(cause)) return new SlipwayError('INTERNAL', `The run failed at the message: ${messageOf(cause)}`, { cause: error });
  return notReady(to, messageOf(cause ?? error), error);
}

/** Thrown by the run's own code, where nothing but a code may be. That it has no handler is said by the SDK, for a worker of another release. */
function isBug(cause: Error | undefined): boolean {
  if (!(cause instanceof ApplicationFailure) || cause.message.startsWith('No registered handler')) return false;
  return /^(?:Type|Range|Reference|Syntax|URI|Eval)?Error$/.test(cause.type ?? '');
}

function endedOf({ ended, name }: Addressee, cause: unknown): SlipwayError {
  return new SlipwayError(ended, `No run of this ${name} is live.`, { cause });
}

function timedOut({ name }: Addressee, cause: unknown): SlipwayError {
  const text = `No worker answered for the ${name} in time: the message may have taken effect, or may still do so.`;
  return new SlipwayError('TEMPORAL_TIMEOUT', text, { cause });
}

function notReady({ name }: Addressee, reason: string, cause: unknown): SlipwayError {
  return new SlipwayError('RUN_NOT_READY', `The run of the ${name} did not take the message: ${reason}.`, { cause });
}

function causeOf(error: unknown): unknown {
  return error instanceof ServiceError ? error.cause : error;
}

function reasonOf(cause: unknown): string {
  const text = isGrpcServiceError(cause) ? cause.details || cause.message : messageOf(cause);
  return text.replace(/\.$/, '');
}
