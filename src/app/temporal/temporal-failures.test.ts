import { describe, expect, it } from '@jest/globals';
import {
  QueryNotRegisteredError, QueryRejectedError, ServiceError, WorkflowContinuedAsNewError, WorkflowFailedError, WorkflowNotFoundError, WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, NamespaceNotFoundError, RetryState, TerminatedFailure, TimeoutFailure, TimeoutType, ValueError } from '@temporalio/common';
import { codeOf, ERRORS, type ErrorCode, SlipwayError } from '../../domain/errors.js';
import { mapControlFailure, mapTemporalFailure } from './temporal-failures.js';

const toDeployment = mapControlFailure({ ended: 'DEPLOYMENT_ENDED', name: 'deployment' });

/** What gRPC fails with, as the SDK wraps it. */
function service(code: number, details = 'the reason.'): ServiceError {
  return new ServiceError('failed', { cause: Object.assign(new Error(`${code}: ${details}`), { code, details, metadata: {} }) });
}

function failed(type: string | undefined, message = 'why'): WorkflowUpdateFailedError {
  return new WorkflowUpdateFailedError('Workflow Update failed', ApplicationFailure.nonRetryable(message, type));
}

const UNPROCESSED = "Workflow Update is rejected because it wasn't processed by worker. Probably, Workflow Update is not supported by the worker.";
const notFound = (message: string) => new WorkflowNotFoundError(message, 'deploy/a/b', undefined);

const CONTROLS: readonly [string, unknown, ErrorCode][] = [
  ['a refusal of the run', failed('NOT_PAUSED'), 'NOT_PAUSED'],
  ['an update that no worker processed', failed('UnprocessedUpdate', UNPROCESSED), 'RUN_NOT_READY'],
  ['a worker that has no handler for it', failed(undefined, 'No registered handler for update: abort'), 'RUN_NOT_READY'],
  ['a refusal by a code of a later release', failed('SOMETHING_NEW'), 'RUN_NOT_READY'],
  ['a handler that was cancelled', new WorkflowUpdateFailedError('', new CancelledFailure('cancelled')), 'RUN_NOT_READY'],
  ['a handler that timed out', new WorkflowUpdateFailedError('', new TimeoutFailure('late', undefined, TimeoutType.START_TO_CLOSE)), 'RUN_NOT_READY'],
  ['a failure without a cause', new WorkflowUpdateFailedError('failed', undefined), 'RUN_NOT_READY'],
  ['a run that was terminated meanwhile', new WorkflowUpdateFailedError('', new TerminatedFailure('terminated')), 'DEPLOYMENT_ENDED'],
  ['a run that ended while the update was under way', failed('AcceptedUpdateCompletedWorkflow'), 'DEPLOYMENT_ENDED'],
  ['an update that the end of its run aborted', service(10, 'workflow update was aborted by closing workflow'), 'DEPLOYMENT_ENDED'],
  ['a run that does not exist', notFound('workflow not found for ID: deploy/a/b'), 'DEPLOYMENT_ENDED'],
  ['a run that has completed', notFound('workflow execution already completed'), 'DEPLOYMENT_ENDED'],
  ['an update that the server has forgotten', notFound('update "abort/ada/k" not found'), 'TEMPORAL_TIMEOUT'],
  ['no answer within the deadline', new WorkflowUpdateRPCTimeoutOrCancelledError('deadline'), 'TEMPORAL_TIMEOUT'],
  ['a bug in the run', failed('TypeError', 'x is not a function'), 'INTERNAL'],
  ['a call that is no gRPC failure', new ServiceError('Unexpected error', { cause: new Error('socket hang up') }), 'TEMPORAL_UNAVAILABLE'],
  ['one of ours', new SlipwayError('GATE_NOT_OPEN'), 'GATE_NOT_OPEN'],
];

/** By gRPC status: of a control, of any other call. 0 is no failure; 4 and 1 of an update reach us as the SDK's own class, above. */
const STATUSES: readonly [number, ErrorCode, ErrorCode][] = [
  [1, 'TEMPORAL_UNAVAILABLE', 'TEMPORAL_UNAVAILABLE'],
  [2, 'TEMPORAL_UNAVAILABLE', 'TEMPORAL_UNAVAILABLE'],
  [3, 'TEMPORAL_REFUSED', 'TEMPORAL_REFUSED'],
  [4, 'TEMPORAL_UNAVAILABLE', 'TEMPORAL_UNAVAILABLE'],
  [5, 'TEMPORAL_UNAVAILABLE', 'TEMPORAL_UNAVAILABLE'],
  [6, 'TEMPORAL_UNAVAILABLE', 'TEMPORAL_UNAVAILABLE'],
  [7, 'TEMPORAL_REFUSED', 'TEMPORAL_REFUSED'],
  [8, 'RUN_NOT_READY', 'TEMPORAL_UNAVAILABLE'],
  [9, 'RUN_NOT_READY', 'TEMPORAL_UNAVAILABLE'],
  [10, 'RUN_NOT_READY', 'TEMPORAL_UNAVAILABLE'],
  [11, 'TEMPORAL_UNAVAILABLE', 'TEMPORAL_UNAVAILABLE'],
  [12, 'TEMPORAL_REFUSED', 'TEMPORAL_REFUSED'],
  [13, 'TEMPORAL_UNAVAILABLE', 'TEMPORAL_UNAVAILABLE'],
  [14, 'TEMPORAL_UNAVAILABLE', 'TEMPORAL_UNAVAILABLE'],
  [15, 'TEMPORAL_UNAVAILABLE', 'TEMPORAL_UNAVAILABLE'],
  [16, 'TEMPORAL_REFUSED', 'TEMPORAL_REFUSED'],
];

/** What the SDK's client can throw that is no failure of gRPC. */
const OTHERS: readonly [string, unknown, ErrorCode][] = [
  ['a namespace that is not there', new NamespaceNotFoundError('shop'), 'TEMPORAL_NOT_PREPARED'],
  ['a search attribute that is not registered', service(3, 'Namespace default has no mapping defined for search attribute SlipwayDeployment'), 'TEMPORAL_NOT_PREPARED'],
  ['a workflow that is not found', notFound('workflow not found'), 'TEMPORAL_UNAVAILABLE'],
  ['a workflow that failed', new WorkflowFailedError('failed', undefined, RetryState.IN_PROGRESS), 'TEMPORAL_UNAVAILABLE'],
  ['a workflow that went on as a new run', new WorkflowContinuedAsNewError('continued', 'run'), 'TEMPORAL_UNAVAILABLE'],
  ['a query that was rejected', new QueryRejectedError(1), 'TEMPORAL_UNAVAILABLE'],
  ['a query that no worker knows', new QueryNotRegisteredError('no such query', 3), 'TEMPORAL_UNAVAILABLE'],
  ['a value that cannot be read', new ValueError('Unknown encoding'), 'TEMPORAL_UNAVAILABLE'],
  ['anything else', 'gone', 'TEMPORAL_UNAVAILABLE'],
];

describe('a message to a run fails', () => {
  it.each(CONTROLS)('with a code: %s', (_, error, code) => expect(codeThrownBy(() => toDeployment(error))).toBe(code));
  it.each(STATUSES)('with a code: gRPC status %d', (status, code) => expect(codeThrownBy(() => toDeployment(service(status)))).toBe(code));
  it.each(OTHERS)('with a code: %s', (_, error) => expect(codeThrownBy(() => toDeployment(error))).not.toBe('INTERNAL'));

  it('never as an internal error, unless the run’s own code is wrong; whatever the server says by itself may be repeated, unless it refuses', () => {
    const bySelf = [...CONTROLS.map(([, error]) => error), ...STATUSES.map(([status]) => service(status))].map((error) => codeThrownBy(() => toDeployment(error)));
    expect(bySelf.filter((code) => code === 'INTERNAL')).toHaveLength(1);
    expect(new Set(bySelf.filter((code) => !ERRORS[code].retryable))).toEqual(new Set(['NOT_PAUSED', 'GATE_NOT_OPEN', 'DEPLOYMENT_ENDED', 'TEMPORAL_REFUSED']));
  });
});

describe('any other call fails', () => {
  it.each(STATUSES)('with a code: gRPC status %d', (status, _, code) => expect(codeThrownBy(() => mapTemporalFailure(service(status)))).toBe(code));
  it.each(OTHERS)('with a code: %s', (_, error, code) => expect(codeThrownBy(() => mapTemporalFailure(error))).toBe(code));
});

function codeThrownBy(map: () => never): ErrorCode {
  try {
    return map();
  } catch (error) {
    return codeOf(error);
  }
}
