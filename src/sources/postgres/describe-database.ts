import type pg from 'pg';
import type { JsonObject } from '../../domain/json.js';

/** Of which server, at which position of its log, and how many constraints are enforced there. */
export async function describeDatabase(client: pg.Client): Promise<JsonObject> {
  const { rows: [row] } = await client.query<{ about: JsonObject }>(`
    SELECT jsonb_build_object('server', current_setting('server_version'), 'database', d.datname, 'encoding', pg_encoding_to_char(d.encoding), 'collation', d.datcollate,
      'lsn', CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END::text,
      'snapshot', pg_current_snapshot()::text, 'bytes', pg_database_size(d.oid)) AS about
    FROM pg_database d WHERE d.datname = current_database()`);
  return { ...row?.about, ...(await systemOf(client)), constraints: await constraintsOf(client) };
}

/** Which cluster it is, where everybody may know. */
async function systemOf(client: pg.Client): Promise<JsonObject> {
  const { rows: [may] } = await client.query<{ may: boolean }>(`SELECT has_function_privilege('pg_control_system()', 'EXECUTE') AS may`);
  if (!may?.may) return {};
  const { rows: [row] } = await client.query<{ system: string }>('SELECT system_identifier::text AS system FROM pg_control_system()');
  return row ? { system: row.system } : {};
}

/** Those somebody declared: what partitions derive and what extensions bring is left out, and kinds that older servers do not list. */
const DECLARED = `contype IN ('c', 'f', 'p', 'u', 'x') AND conparentid = 0
  AND connamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname LIKE 'pg\\_%' OR nspname = 'information_schema')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = conrelid AND d.deptype = 'e')`;

async function constraintsOf(client: pg.Client): Promise<JsonObject> {
  const { rows: [row] } = await client.query<{ valid: number; notValid: number }>(`
    SELECT count(*) FILTER (WHERE convalidated)::int AS valid, count(*) FILTER (WHERE NOT convalidated)::int AS "notValid" FROM pg_constraint WHERE ${DECLARED}`);
  return { valid: row?.valid ?? 0, notValid: row?.notValid ?? 0 };
}

/** Names of constraints, by whether they are enforced for all rows. */
export async function constraintNames(client: pg.Client): Promise<{ readonly valid: readonly string[]; readonly notValid: readonly string[] }> {
  const { rows } = await client.query<{ name: string; valid: boolean }>(`
    SELECT format('%s of %s', quote_ident(conname), CASE WHEN conrelid <> 0 THEN conrelid::regclass::text ELSE contypid::regtype::text END) AS name, convalidated AS valid
    FROM pg_constraint WHERE ${DECLARED} ORDER BY 1`);
  return { valid: rows.filter(({ valid }) => valid).map(({ name }) => name), notValid: rows.filter(({ valid }) => !valid).map(({ name }) => name) };
}
