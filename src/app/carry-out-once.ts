import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, messageOf, SlipwayError } from '../domain/errors.js';
import type { JsonObject } from '../domain/json.js';
import type { IdempotencyClaim, IdempotencyState } from '../store/stores.js';
import type { AppDeps } from './deps.js';

/** What a request with an idempotency key starts. */
export interface Undertaking<Prepared, Ticket> {
  /** Checks and plans; nothing is written. */
  readonly prepare: () => Promise<Prepared>;
  /** Writes the row and the key in one transaction, then starts. @throws IDEMPOTENCY_IN_FLIGHT when the key stands for another row */
  readonly start: (prepared: Prepared) => Promise<Ticket>;
  /** The answer to what was requested before with the same key, where its run is known to have begun; undefined where it is not. */
  readonly begun: (id: string) => Promise<Ticket | undefined>;
  /** Drives on what was requested before with the same key and is not known to have begun; undefined when it is not there any more. */
  readonly driveOn: (id: string) => Promise<Ticket | undefined>;
}

type Known<Ticket> = Pick<Undertaking<never, Ticket>, 'begun' | 'driveOn'>;

/** A request that finds its twin in flight waits this long for the twin's answer before it is refused. */
const TWIN_MS = 2_000;
const FIRST_LOOK_MS = 25;
const LONGEST_LOOK_MS = 400;

type Deps = Pick<AppDeps, 'stores' | 'log' | 'now' | 'afterwards'>;

/**
 * One claim, one undertaking: planned and started when the claim is new, driven on or answered again when it is known. Whatever is answered is
 * kept, so that from then on the same request is answered at once, whichever process dies.
 *
 * A request with a key does not ask first whether it is the first: the transaction that writes its row finds out. Only when that refuses,
 * or nothing could be planned, is it looked up what became of the key.
 */
export async function carryOutOnce<Prepared, Ticket extends object>(deps: Deps, claim: IdempotencyClaim | undefined, undertaking: Undertaking<Prepared, Ticket>): Promise<Ticket> {
  const { prepare, start } = undertaking;
  if (!claim) return start(await prepare());
  const planned = await settle(prepare);
  if ('value' in planned) {
    const first = await settle(() => start(planned.value));
    if ('value' in first) return keepAfterwards(deps, claim, first.value);
    if (codeOf(first.error) !== 'IDEMPOTENCY_IN_FLIGHT') return refuse(deps, claim, first.error);
  } else if (codeOf(planned.error) === 'DATABASE_UNAVAILABLE') {
    throw planned.error;
  }
  const state = await stateOf(deps, claim);
  if (state.state === 'known' && state.answer) return ticketOf(state.answer.body);
  if (state.state === 'in-flight') return keepAfterwards(deps, claim, await answerOfTwin(state, undertaking));
  const second = await settle(async () => (await again(state, undertaking)) ?? start(valueOf(planned)));
  return 'value' in second ? keepAfterwards(deps, claim, second.value) : refuse(deps, claim, second.error);
}

/**
 * The same for what writes no row of its own: only its answer is kept, and before it is given.
 *
 * @throws IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_IN_FLIGHT, and what `work` throws
 */
export async function answerOnce<Ticket extends object>(deps: Deps, claim: IdempotencyClaim | undefined, work: () => Promise<Ticket>): Promise<Ticket> {
  if (!claim) return work();
  const state = await stateOf(deps, claim);
  if (state.state === 'in-flight') throw inFlight();
  if (state.state === 'known' && state.answer) return ticketOf(state.answer.body);
  const outcome = await settle(work);
  if ('error' in outcome) return refuse(deps, claim, outcome.error);
  const kept = await settle(() => keep(deps, claim, outcome.value));
  if ('error' in kept) deps.log.warn({ reason: messageOf(kept.error) }, 'an answer could not be kept');
  return outcome.value;
}

/** What was asked for goes on by now, and a retry finds it whether or not this is noted: nobody waits for it. */
function keepAfterwards<Ticket extends object>(deps: Deps, claim: IdempotencyClaim, ticket: Ticket): Ticket {
  deps.afterwards.run('keeping an answer', () => keep(deps, claim, ticket));
  return ticket;
}

/** The first that is kept stays. */
function keep<Ticket extends object>({ stores }: Deps, claim: IdempotencyClaim, ticket: Ticket): Promise<void> {
  // A ticket is plain data.
  return stores.idempotency.answer(claim, { status: 202, body: ticket as unknown as JsonObject });
}

/** A key belongs to its route, so its answer was kept for the same kind of ticket. */
function ticketOf<Ticket extends object>(body: JsonObject): Ticket {
  return body as unknown as Ticket;
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

/** In flight only when it still is after a while. @throws IDEMPOTENCY_KEY_REUSED */
async function stateOf(deps: Deps, claim: IdempotencyClaim): Promise<IdempotencyState> {
  const deadline = deps.now() + TWIN_MS;
  for (let waitMs = FIRST_LOOK_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_LOOK_MS)) {
    const state = await deps.stores.idempotency.begin(claim);
    if (state.state !== 'in-flight' || deps.now() >= deadline) return state;
    await sleep(waitMs);
  }
}

/** Its process may have died after it had answered: what its run says stands for the answer. @throws IDEMPOTENCY_IN_FLIGHT */
async function answerOfTwin<Ticket>({ resource }: { readonly resource: string | null }, { begun }: Known<Ticket>): Promise<Ticket> {
  const ticket = resource === null ? undefined : await begun(resource);
  if (ticket) return ticket;
  throw inFlight();
}

function inFlight(): SlipwayError {
  return new SlipwayError('IDEMPOTENCY_IN_FLIGHT', 'A request with this key is being carried out.');
}

/** @returns undefined when the key stands for nothing yet, or for nothing any more */
async function again<Ticket>(state: IdempotencyState, { begun, driveOn }: Known<Ticket>): Promise<Ticket | undefined> {
  if (state.state !== 'known' || state.resource === null) return undefined;
  return (await begun(state.resource)) ?? driveOn(state.resource);
}

/** The next request with the key is carried out at once: anew, or driving on what was requested. @throws the error */
async function refuse(deps: Deps, claim: IdempotencyClaim, error: unknown): Promise<never> {
  // Where the database is away the key frees itself after 30 s.
  if (codeOf(error) !== 'DATABASE_UNAVAILABLE') {
    const released = await settle(() => deps.stores.idempotency.release(claim));
    if ('error' in released) deps.log.warn({ reason: messageOf(released.error) }, 'an idempotency key could not be released');
  }
  throw error;
}
