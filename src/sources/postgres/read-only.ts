import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { SlipwayError } from '../../domain/errors.js';
import type { SourceContext } from '../source.js';
import { APPLICATION_NAME } from './client-environment.js';
import { type DatabaseRow, readDatabase } from './database-row.js';
import type { PostgresPlace } from './postgres-place.js';
import { ensureRunLog, hasRunLog } from './run-log.js';
import { withSession } from './session.js';

const PARAMETER = 'default_transaction_read_only';
const SETTLE_MS = 200;
const ENDED_WITHIN_MS = 10_000;

/**
 * New transactions of the live database are read-only from here on, and sessions from before are ended. What it was before is remembered by
 * the database's own number, which no rename changes.
 *
 * @throws QUIESCE_UNSUPPORTED when a role has a setting of its own, which counts more
 */
export async function stopWrites({ admin, live }: PostgresPlace, { run, signal, stillOurs }: SourceContext): Promise<void> {
  await withSession(admin, { signal, otherwise: 'SOURCE_REFUSED' }, async (client) => {
    await ensureRunLog(client);
    const row = await readDatabase(client, live.database);
    if (!row) throw new SlipwayError('SOURCE_MISSING', `There is no database ${JSON.stringify(live.database)}.`);
    await refuseWriters(client, row);
    await stillOurs();
    await client.query(stopStatements(row, run));
    await stillOurs();
    await endEarlierSessions(client, row.name);
  });
}

/** One message to the server, which carries all of it out or nothing, whatever becomes of the one who sent it. */
function stopStatements(row: DatabaseRow, run: string): string {
  const [oid, by, own] = [`${pg.escapeLiteral(row.oid)}::oid`, pg.escapeLiteral(run), literalOf(ownSetting(row))];
  return `BEGIN;
    INSERT INTO public.slipway_read_only (database, run, before)
    SELECT ${oid}, ${by}, coalesce((SELECT r.before FROM public.slipway_read_only r WHERE r.database = ${oid} ORDER BY at LIMIT 1),
      CASE WHEN NOT EXISTS (SELECT FROM public.slipway_read_only r WHERE r.database = ${oid}) THEN ${own} END)
    ON CONFLICT DO NOTHING;
    ALTER DATABASE ${pg.escapeIdentifier(row.name)} SET ${PARAMETER} = on;
    COMMIT`;
}

/**
 * Whatever the database that writes were stopped in is called by now, and whether or not it is the live one: it takes them again, unless a later
 * run has stopped them since. The row goes last, so that an attempt that was cut off is finished by the next.
 */
export async function allowWrites({ admin }: PostgresPlace, { run, signal, stillOurs }: SourceContext): Promise<void> {
  await withSession(admin, { signal, otherwise: 'SOURCE_REFUSED' }, async (client) => {
    if (!(await hasRunLog(client))) return;
    for (const stopped of await stoppedBy(client, run)) {
      if (stopped.name !== null && !stopped.later) {
        await stillOurs();
        await client.query(`ALTER DATABASE ${pg.escapeIdentifier(stopped.name)} ${stopped.before === null ? `RESET ${PARAMETER}` : `SET ${PARAMETER} = ${pg.escapeLiteral(stopped.before)}`}`);
        // Sessions keep the setting that they began with.
        await stillOurs();
        await endEarlierSessions(client, stopped.name);
      }
      await client.query('DELETE FROM public.slipway_read_only WHERE database = $1::oid AND run = $2', [stopped.oid, run]);
    }
  });
}

interface Stopped {
  readonly oid: string;
  /** null: it was dropped. */
  readonly name: string | null;
  readonly before: string | null;
  /** A later run has stopped writes as well, and not allowed them yet. */
  readonly later: boolean;
}

async function stoppedBy(client: pg.Client, run: string): Promise<readonly Stopped[]> {
  const { rows } = await client.query<Stopped>(
    `SELECT r.database::text AS oid, d.datname AS name, r.before,
       EXISTS (SELECT FROM public.slipway_read_only o WHERE o.database = r.database AND o.run <> r.run AND o.at > r.at) AS later
     FROM public.slipway_read_only r LEFT JOIN pg_database d ON d.oid = r.database WHERE r.run = $1`, [run]);
  return rows;
}

function literalOf(text: string | null): string {
  return text === null ? 'NULL' : pg.escapeLiteral(text);
}

/** What the setting of a database was before writes to it were stopped; undefined: they are not. */
export async function readOnlyBefore(client: pg.Client, oid: string): Promise<string | null | undefined> {
  if (!(await hasRunLog(client))) return undefined;
  return (await client.query<{ before: string | null }>('SELECT before FROM public.slipway_read_only WHERE database = $1::oid ORDER BY at LIMIT 1', [oid])).rows[0]?.before;
}

function ownSetting({ settings }: DatabaseRow): string | null {
  const values = settings.find(({ role }) => role === null)?.values ?? [];
  return values.find((value) => value.startsWith(`${PARAMETER}=`))?.slice(PARAMETER.length + 1) ?? null;
}

async function refuseWriters(client: pg.Client, { oid }: DatabaseRow): Promise<void> {
  const { rows } = await client.query<{ role: string }>(
    `SELECT DISTINCT r.rolname AS role FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole
     WHERE s.setdatabase IN (0, $1::oid) AND s.setconfig && ARRAY['${PARAMETER}=off', '${PARAMETER}=false', '${PARAMETER}=no', '${PARAMETER}=0']`, [oid]);
  if (rows.length === 0) return;
  throw new SlipwayError('QUIESCE_UNSUPPORTED', `The roles ${rows.map(({ role }) => JSON.stringify(role)).join(', ')} have ${PARAMETER} set to off for themselves, which counts more than the database's. Reset it, or stop the writers by a command.`);
}

/** Two looks with nobody left: one that was just connecting at the first is seen by the second. Our own reading may go on. */
async function endEarlierSessions(client: pg.Client, database: string): Promise<void> {
  const deadline = performance.now() + ENDED_WITHIN_MS;
  const { rows: [now] } = await client.query<{ at: string }>('SELECT clock_timestamp()::text AS at');
  for (let quiet = 0; quiet < 2;) {
    const { rowCount } = await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = $1 AND backend_type = 'client backend' AND backend_start < $2::timestamptz AND application_name <> $3 AND pid <> pg_backend_pid()`, [database, now?.at, APPLICATION_NAME]);
    quiet = rowCount === 0 ? quiet + 1 : 0;
    if (performance.now() > deadline) throw new SlipwayError('SOURCE_UNREACHABLE', `${rowCount} sessions of the database ${JSON.stringify(database)} do not end.`);
    await sleep(SETTLE_MS);
  }
}
