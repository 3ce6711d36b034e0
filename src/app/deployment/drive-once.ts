import { codeOf, SlipwayError } from '../../domain/errors.js';
import type { IdempotencyClaim, IdempotencyState, NewDeployment } from '../../store/stores.js';
import type { AppDeps } from '../deps.js';
import { type DeploymentTicket, ticketOfAnswer } from './deployment-ticket.js';
import { driveStart, redrive } from './drive-start.js';

/** A deployment as planned, before it has an id. */
export type Prepared = Pick<NewDeployment, 'plan' | 'revision' | 'by' | 'reason' | 'undoes'>;

const NEW: IdempotencyState = { state: 'new' };

/** One claim, one deployment: planned and started when the claim is new, driven on or answered again when it is known. */
export async function driveOnce(deps: AppDeps, claim: IdempotencyClaim | undefined, prepare: () => Promise<Prepared>): Promise<DeploymentTicket> {
  // Reading for the plan does not wait for the claim; whether its outcome counts is known only afterwards.
  const [state, prepared] = await Promise.all([claim ? deps.stores.idempotency.begin(claim) : NEW, settle(prepare())]);
  if (state.state === 'in-flight') throw new SlipwayError('IDEMPOTENCY_IN_FLIGHT', 'A request with this key is being carried out.');
  if (state.state === 'known' && state.answer) return ticketOfAnswer(state.answer.body);
  const record = state.state === 'known' && state.resource !== null ? await deps.stores.deployments.get(state.resource) : undefined;
  try {
    if (record) return await redrive(deps, record, claim);
    return await driveStart(deps, newDeployment(deps, await prepared()), claim);
  } catch (error) {
    if (claim && codeOf(error) !== 'IDEMPOTENCY_IN_FLIGHT' && codeOf(error) !== 'DATABASE_UNAVAILABLE') await release(deps, claim);
    throw error;
  }
}

/** The next request with the key is carried out at once: anew, or driving on what was requested. */
async function release(deps: AppDeps, claim: IdempotencyClaim): Promise<void> {
  try {
    await deps.stores.idempotency.release(claim);
  } catch (error) {
    // The key frees itself after 30 s; the failure is what the caller needs to hear.
    deps.log.warn({ err: error }, 'an idempotency key could not be released');
  }
}

/** The promise's outcome, to be asked for later without an unhandled rejection meanwhile. */
function settle<T>(promise: Promise<T>): Promise<() => Promise<T>> {
  return promise.then((value) => () => Promise.resolve(value), (error: unknown) => () => Promise.reject(error));
}

function newDeployment(deps: AppDeps, prepared: Prepared): NewDeployment {
  const { service, environment, strategy, candidate } = prepared.plan;
  return { id: deps.newId(), service, environment, strategy: strategy.name, version: candidate.version, ...prepared };
}
