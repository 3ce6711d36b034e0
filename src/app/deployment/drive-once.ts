import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, messageOf, SlipwayError } from '../../domain/errors.js';
import type { IdempotencyClaim, IdempotencyState, NewDeployment } from '../../store/stores.js';
import type { AppDeps } from '../deps.js';
import { type DeploymentTicket, ticketOfAnswer } from './deployment-ticket.js';
import { driveStart, redrive } from './drive-start.js';

/** A deployment as planned, before it has an id. */
export type Prepared = Pick<NewDeployment, 'plan' | 'revision' | 'by' | 'reason' | 'undoes'>;

/** A request that finds its twin in flight waits this long for the twin's answer before it is refused. */
const TWIN_MS = 2_000;
const LOOK_EVERY_MS = 25;

/**
 * One claim, one deployment: planned and started when the claim is new, driven on or answered again when it is known.
 *
 * A request with a key does not ask first whether it is the first: the transaction that writes its row finds out. Only when that refuses,
 * or nothing could be planned, is it looked up what became of the key.
 */
export async function driveOnce(deps: AppDeps, claim: IdempotencyClaim | undefined, prepare: () => Promise<Prepared>): Promise<DeploymentTicket> {
  const drive = async (prepared: Prepared): Promise<DeploymentTicket> => driveStart(deps, newDeployment(deps, prepared), claim);
  if (!claim) return drive(await prepare());
  const planned = await settle(prepare);
  if ('value' in planned) {
    const first = await settle(() => drive(planned.value));
    if ('value' in first) return first.value;
    if (codeOf(first.error) !== 'IDEMPOTENCY_IN_FLIGHT') return refuse(deps, claim, first.error);
  } else if (codeOf(planned.error) === 'DATABASE_UNAVAILABLE') {
    throw planned.error;
  }
  const state = await stateOf(deps, claim);
  const second = await settle(async () => (await driveKnown(deps, state, claim)) ?? drive(valueOf(planned)));
  return 'value' in second ? second.value : refuse(deps, claim, second.error);
}

type Outcome<T> = { readonly value: T } | { readonly error: unknown };

async function settle<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error };
  }
}

function valueOf<T>(outcome: Outcome<T>): T {
  if ('value' in outcome) return outcome.value;
  throw outcome.error;
}

/** @throws IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_IN_FLIGHT */
async function stateOf(deps: AppDeps, claim: IdempotencyClaim): Promise<IdempotencyState> {
  const deadline = deps.now() + TWIN_MS;
  for (;;) {
    const state = await deps.stores.idempotency.begin(claim);
    if (state.state !== 'in-flight') return state;
    if (deps.now() >= deadline) throw new SlipwayError('IDEMPOTENCY_IN_FLIGHT', 'A request with this key is being carried out.');
    await sleep(LOOK_EVERY_MS);
  }
}

/** @returns undefined when the key stands for nothing yet. */
async function driveKnown(deps: AppDeps, state: IdempotencyState, claim: IdempotencyClaim): Promise<DeploymentTicket | undefined> {
  if (state.state !== 'known') return undefined;
  if (state.answer) return ticketOfAnswer(state.answer.body);
  const record = state.resource === null ? undefined : await deps.stores.deployments.get(state.resource);
  return record && redrive(deps, record, claim);
}

/** The next request with the key is carried out at once: anew, or driving on what was requested. @throws the error */
async function refuse(deps: AppDeps, claim: IdempotencyClaim, error: unknown): Promise<never> {
  // Where the database is away the key frees itself after 30 s.
  if (codeOf(error) !== 'DATABASE_UNAVAILABLE') {
    const released = await settle(() => deps.stores.idempotency.release(claim));
    if ('error' in released) deps.log.warn({ reason: messageOf(released.error) }, 'an idempotency key could not be released');
  }
  throw error;
}

function newDeployment(deps: AppDeps, prepared: Prepared): NewDeployment {
  const { service, environment, strategy, candidate } = prepared.plan;
  return { id: deps.newId(), service, environment, strategy: strategy.name, version: candidate.version, ...prepared };
}
