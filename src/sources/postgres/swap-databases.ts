import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { SlipwayError } from '../../domain/errors.js';
import type { SourceContext, SwapResult } from '../source.js';
import type { PostgresPlace } from './postgres-place.js';
import { stateOf } from './postgres-error.js';
import { databaseExists, endSessions, whoIsIn } from './run-databases.js';
import { ensureRunLog, type SwapState, swapState } from './run-log.js';
import { type RunNames, runNames } from './run-names.js';
import { withSession } from './session.js';

/** While the names change, new connections wait: so long at most. */
const STATEMENT_TIMEOUT_MS = 3_000;
const GIVE_UP_AFTER_MS = 20_000;
const END_SESSIONS_EVERY_MS = 10;
const AGAIN_MS = 200;
/** What is asked before sessions are ended must not be long ago when the names change. */
const FRESH_MS = 3_000;
/** In use, lock not available, cancelled by the time limit, deadlock: another attempt may get through. */
const PASSING = new Set(['55006', '55P03', '57014', '40P01']);

const id = (name: string) => pg.escapeIdentifier(name);

/** The copy becomes live. @throws COPY_MISSING, SWAP_FAILED */
export function swapDatabases(place: PostgresPlace, context: SourceContext): Promise<SwapResult> {
  return withLog(place, context, async (sessions, names) => {
    const state = await swapState(sessions.swapping, context.run);
    if (state === 'taken-back') throw new SlipwayError('SWAP_FAILED', 'The swap of this run was taken back; a new restore can swap again.');
    if (state === 'swapped') return before(names);
    if (!(await databaseExists(sessions.swapping, names.copy))) return missing(sessions, names, context, 'swapped');
    return exchange(sessions, context, {
      databases: [names.live, names.copy], wanted: 'swapped', names,
      statements: [
        `INSERT INTO public.slipway_swaps (run, state, database) VALUES (${pg.escapeLiteral(context.run)}, 'swapped', ${pg.escapeLiteral(names.live)})`,
        `ALTER DATABASE ${id(names.live)} RENAME TO ${id(names.old)}`,
        `ALTER DATABASE ${id(names.copy)} RENAME TO ${id(names.live)}`,
        // Nobody writes to what was replaced by an address they had kept.
        `ALTER DATABASE ${id(names.old)} ALLOW_CONNECTIONS false`,
      ],
    });
  });
}

/** What was live is live again. A swap that never was is kept from ever being made. @throws SWAP_FAILED */
export function swapDatabasesBack(place: PostgresPlace, context: SourceContext): Promise<SwapResult> {
  return withLog(place, context, async (sessions, names) => {
    await context.stillOurs();
    await sessions.swapping.query(`INSERT INTO public.slipway_swaps (run, state, database) VALUES ($1, 'taken-back', $2) ON CONFLICT DO NOTHING`, [context.run, names.live]);
    if ((await swapState(sessions.swapping, context.run)) !== 'swapped') return before(names);
    if (!(await databaseExists(sessions.swapping, names.old))) return missing(sessions, names, context, 'taken-back');
    return exchange(sessions, context, {
      databases: [names.live, names.old], wanted: 'taken-back', names,
      statements: [
        `UPDATE public.slipway_swaps SET state = 'taken-back', at = now() WHERE run = ${pg.escapeLiteral(context.run)}`,
        `ALTER DATABASE ${id(names.live)} RENAME TO ${id(names.copy)}`,
        `ALTER DATABASE ${id(names.old)} RENAME TO ${id(names.live)}`,
        `ALTER DATABASE ${id(names.live)} ALLOW_CONNECTIONS true`,
      ],
    });
  });
}

interface Sessions {
  readonly swapping: pg.Client;
  /** Ends the sessions that are in the way while the other one waits for that. */
  readonly ending: pg.Client;
}

interface Exchange {
  readonly databases: readonly string[];
  readonly wanted: SwapState;
  readonly names: RunNames;
  readonly statements: readonly string[];
}

function withLog(place: PostgresPlace, { run, signal }: SourceContext, work: (sessions: Sessions, names: RunNames) => Promise<SwapResult>): Promise<SwapResult> {
  const options = { signal, otherwise: 'SWAP_FAILED' } as const;
  return withSession(place.admin, options, (swapping) => withSession(place.admin, options, async (ending) => {
    await ensureRunLog(swapping);
    return work({ swapping, ending }, runNames(place.live.database, run));
  }));
}

/**
 * The whole transaction is one message to the server: it is carried out to its end or not at all, whatever becomes of the one who sent it. The
 * first rename keeps new sessions out before it waits for those that are there, so live never has to be closed in a step of its own, and
 * a failure at any point leaves it open.
 */
async function exchange({ swapping, ending }: Sessions, { run, stillOurs }: SourceContext, { databases, wanted, names, statements }: Exchange): Promise<SwapResult> {
  await refusePrepared(ending, databases);
  const began = performance.now();
  const transaction = [
    'BEGIN', `SET LOCAL lock_timeout = 2000`, `SET LOCAL idle_in_transaction_session_timeout = 5000`, ...statements, 'COMMIT',
  ].join('; ');
  await swapping.query(`SET statement_timeout = ${STATEMENT_TIMEOUT_MS}`);
  for (let attempt = 1; ; attempt += 1) {
    const failure = await whileEndingSessions(ending, databases, { stillOurs, change: () => swapping.query(transaction) });
    const tookMs = Math.round(performance.now() - began);
    if (failure === null) return { done: 'now', tookMs, detail: `${names.live} and ${names.old} in one transaction, attempt ${attempt}` };
    await swapping.query('ROLLBACK');
    if ((await swapState(swapping, run)) === wanted) return before(names);
    if (!PASSING.has(stateOf(failure) ?? '')) throw failure;
    if (tookMs > GIVE_UP_AFTER_MS) throw new SlipwayError('SWAP_FAILED', `The database ${JSON.stringify(names.live)} did not get free within ${GIVE_UP_AFTER_MS} ms. In it were: ${await whoIsIn(ending, databases)}.`);
    await sleep(AGAIN_MS);
  }
}

interface Change {
  readonly stillOurs: SourceContext['stillOurs'];
  change(): Promise<unknown>;
}

async function whileEndingSessions(ending: pg.Client, databases: readonly string[], { stillOurs, change }: Change): Promise<Error | null> {
  let changing = true;
  for (let askedAt = Number.NEGATIVE_INFINITY; performance.now() - askedAt > FRESH_MS;) {
    askedAt = performance.now();
    await stillOurs();
    await endSessions(ending, databases);
  }
  const changed = change().then(() => null, (error: Error) => error).finally(() => void (changing = false));
  while (changing) {
    await endSessions(ending, databases);
    await Promise.race([changed, sleep(END_SESSIONS_EVERY_MS)]);
  }
  return changed;
}

/** They end by no signal: seen before anybody is disconnected for nothing. */
async function refusePrepared(client: pg.Client, databases: readonly string[]): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_prepared_xacts WHERE database = ANY($1)', [databases]);
  if (rowCount === 0) return;
  throw new SlipwayError('SWAP_FAILED', `Prepared transactions keep the database from being renamed; commit or roll them back. In it are: ${await whoIsIn(client, databases)}.`);
}

/** Between the look at the log and the look for the database another attempt may have done it. */
async function missing({ swapping }: Sessions, names: RunNames, { run }: SourceContext, wanted: SwapState): Promise<SwapResult> {
  if ((await swapState(swapping, run)) === wanted) return before(names);
  const name = wanted === 'swapped' ? names.copy : names.old;
  throw new SlipwayError('COPY_MISSING', `There is no database ${JSON.stringify(name)}.`);
}

function before({ live }: RunNames): SwapResult {
  return { done: 'before', tookMs: 0, detail: `${live} is as it should be already` };
}
