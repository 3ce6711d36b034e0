import { getTableColumns, sql, type SQL } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { overtaken } from '../refusals.js';
import type { IdempotencyClaim } from '../stores.js';
import type { Database, Queries } from './database.js';
import { bindResource } from './idempotency-store.js';

/** A table of what users and schedules ask for. */
type RequestTable = PgTable & { readonly id: PgColumn };
type NewRow<Table extends RequestTable> = Table['$inferInsert'] & { readonly id: string };

/**
 * Writes a row and what its idempotency key stands for, in one statement, which is a transaction by itself: whoever asks waits for this. The
 * same id again changes nothing.
 *
 * @throws IDEMPOTENCY_IN_FLIGHT
 */
export async function requestRow<Table extends RequestTable>(database: Database, table: Table, row: NewRow<Table>, claim?: IdempotencyClaim): Promise<void> {
  const [names, values] = insertOf(table, row);
  const { rowCount } = await database.run((queries) => queries.execute(claim
    ? sql`
        WITH bound AS ${bindResource(queries, claim, row.id)},
        requested AS (INSERT INTO ${table} (${names}) SELECT ${values} FROM bound ON CONFLICT DO NOTHING)
        SELECT FROM bound`
    : sql`INSERT INTO ${table} (${names}) VALUES (${values}) ON CONFLICT DO NOTHING`));
  if (claim && rowCount === 0) throw overtaken();
}

/**
 * The same for a row that is asked for once under a key of its own.
 *
 * @returns the id of the row that has the key
 */
export function requestKeyed<Table extends RequestTable & { readonly key: PgColumn }>(
  database: Database, table: Table, row: NewRow<Table> & { readonly key: string }, claim?: IdempotencyClaim,
): Promise<string> {
  const [names, values] = insertOf(table, row);
  return database.transaction(async (queries) => {
    await queries.execute(sql`INSERT INTO ${table} (${names}) VALUES (${values}) ON CONFLICT DO NOTHING`);
    const { rows } = await queries.execute<{ id: string }>(sql`SELECT id FROM ${table} WHERE key = ${sql.param(row.key, table.key)}`);
    const id = rows[0]?.id ?? row.id;
    if (claim) await bind(queries, claim, id);
    return id;
  });
}

async function bind(queries: Queries, claim: IdempotencyClaim, id: string): Promise<void> {
  const { rowCount } = await queries.execute(sql`WITH bound AS ${bindResource(queries, claim, id)} SELECT FROM bound`);
  if (rowCount === 0) throw overtaken();
}

function insertOf(table: PgTable, row: object): readonly [names: SQL, values: SQL] {
  const given = new Map<string, unknown>(Object.entries(row));
  const columns = Object.entries(getTableColumns(table)).filter(([key]) => given.has(key));
  const names = columns.map(([, column]) => sql.identifier(column.name));
  const values = columns.map(([key, column]) => sql`${sql.param(given.get(key), column)}`);
  return [sql.join(names, sql`, `), sql.join(values, sql`, `)];
}
