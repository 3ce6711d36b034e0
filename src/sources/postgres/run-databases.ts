import pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { stateOf } from './postgres-error.js';

const IN_USE = '55006';
const DROP_ATTEMPTS = 20;
const DROP_AGAIN_MS = 100;

export async function databaseExists(client: pg.Client, name: string): Promise<boolean> {
  return (await client.query('SELECT FROM pg_database WHERE datname = $1', [name])).rowCount === 1;
}

/** With all its sessions; one that is not there is no error. */
export async function dropDatabase(client: pg.Client, name: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
      return;
    } catch (error) {
      // A program that was killed may connect once more before it has ended.
      if (stateOf(error) !== IN_USE || attempt === DROP_ATTEMPTS) throw error;
      await sleep(DROP_AGAIN_MS);
    }
  }
}

/** Ends sessions of these databases. @returns how many there were */
export async function endSessions(client: pg.Client, databases: readonly string[]): Promise<number> {
  const { rowCount } = await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ANY($1) AND pid <> pg_backend_pid()', [databases]);
  return rowCount ?? 0;
}

/** Who has sessions or prepared transactions in these databases, for people: at most ten. */
export async function whoIsIn(client: pg.Client, databases: readonly string[]): Promise<string> {
  const { rows } = await client.query<{ text: string }>(`
    SELECT format('%s %s of %s', backend_type, pid, coalesce(usename, 'nobody')) AS text FROM pg_stat_activity WHERE datname = ANY($1) AND pid <> pg_backend_pid()
    UNION ALL SELECT format('prepared transaction %s of %s', quote_literal(gid), owner) FROM pg_prepared_xacts WHERE database = ANY($1) LIMIT 10`, [databases]);
  return rows.map(({ text }) => text).join(', ');
}
