import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { SlipwayError } from '../../domain/errors.js';
import type { SourceContext } from '../source.js';
import { APPLICATION_NAME } from './client-environment.js';
import { type DatabaseRow, readDatabase } from './database-row.js';
import type { PostgresPlace } from './postgres-place.js';
import { ensureRunLog, hasRunLog } from './run-log.js';
import { withSession } from './session.js';
import { inTransaction } from './transaction.js';

const PARAMETER = 'default_transaction_read_only';
const SETTLE_MS = 200;
const ENDED_WITHIN_MS = 10_000;

/**
 * New transactions of the live database are read-only from here on, and sessions from before are ended. What it was before is remembered by
 * the database's own number, which no rename changes.
 *
 * @throws QUIESCE_UNSUPPORTED when a role has a setting of its own, which counts more
 */
export async function stopWrites({ admin, live }: PostgresPlace, { run, signal }: SourceContext): Promise<void> {
  await withSession(admin, { signal, otherwise: 'SOURCE_REFUSED' }, async (client) => {
    await ensureRunLog(client);
    const row = await readDatabase(client, live.database);
    if (!row) throw new SlipwayError('SOURCE_MISSING', `There is no database ${JSON.stringify(live.database)}.`);
    await refuseWriters(client, row);
    await inTransaction(client, async () => {
      await client.query(
        `INSERT INTO public.slipway_read_only (database, run, before)
         SELECT $1::oid, $2, coalesce((SELECT r.before FROM public.slipway_read_only r WHERE r.database = $1::oid ORDER BY at LIMIT 1),
           CASE WHEN NOT EXISTS (SELECT FROM public.slipway_read_only r WHERE r.database = $1::oid) THEN $3 END)
         ON CONFLICT DO NOTHING`, [row.oid, run, ownSetting(row)]);
      await client.query(`ALTER DATABASE ${pg.escapeIdentifier(row.name)} SET ${PARAMETER} = on`);
    });
    await endEarlierSessions(client, row.name);
  });
}

/** Whatever the database that writes were stopped in is called by now, and whether or not it is the live one: it takes them again. */
export async function allowWrites({ admin }: PostgresPlace, { run, signal }: SourceContext): Promise<void> {
  await withSession(admin, { signal, otherwise: 'SOURCE_REFUSED' }, async (client) => {
    if (!(await hasRunLog(client))) return;
    const { rows } = await client.query<{ oid: string; name: string | null; before: string | null }>(
      `SELECT r.database::text AS oid, d.datname AS name, r.before FROM public.slipway_read_only r LEFT JOIN pg_database d ON d.oid = r.database WHERE r.run = $1`, [run]);
    for (const { oid, name, before } of rows) {
      await inTransaction(client, async () => {
        if (name !== null) await client.query(`ALTER DATABASE ${pg.escapeIdentifier(name)} ${before === null ? `RESET ${PARAMETER}` : `SET ${PARAMETER} = ${pg.escapeLiteral(before)}`}`);
        await client.query('DELETE FROM public.slipway_read_only WHERE database = $1::oid AND run = $2', [oid, run]);
      });
      // Sessions keep the setting that they began with.
      if (name !== null) await endEarlierSessions(client, name);
    }
  });
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
