import { createHash } from 'node:crypto';
import pg from 'pg';
import { SlipwayError } from '../../domain/errors.js';
import { MIGRATIONS, type Migration } from '../migrations/index.js';
import { storeError } from './faults.js';

export interface MigrateOptions {
  /** Told of each migration that was applied. */
  readonly onApplied?: (migration: Migration) => void;
  /** @default those of this release */
  readonly migrations?: readonly Migration[];
}

/**
 * Brings the database to this release's schema. Any number of processes may do it at once; one applies, the others wait and find it done.
 * Migrations of a later release are left alone: each stays usable for the release before.
 *
 * @throws DATABASE_UNAVAILABLE, MIGRATION_CHANGED
 */
export async function migrate(url: string, options: MigrateOptions = {}): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, query_timeout: 310_000, application_name: 'slipway-migrate' });
  client.on('error', () => {});
  try {
    await client.connect();
    for (const migration of options.migrations ?? MIGRATIONS) {
      if (await inTransaction(client, migration)) options.onApplied?.(migration);
    }
  } catch (error) {
    throw storeError(error);
  } finally {
    await client.end();
  }
}

async function inTransaction(client: pg.Client, migration: Migration): Promise<boolean> {
  await client.query('BEGIN');
  try {
    const applied = await apply(client, migration);
    await client.query('COMMIT');
    return applied;
  } catch (error) {
    // Fails too when the connection is gone, which rolls back as well.
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

async function apply(client: pg.Client, { number, name, sql }: Migration): Promise<boolean> {
  await client.query(`SET LOCAL statement_timeout = '300s'`);
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('slipway.migrations', 0))`);
  await client.query(`CREATE TABLE IF NOT EXISTS slipway_migrations (
    number integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz(3) NOT NULL DEFAULT clock_timestamp())`);
  const checksum = createHash('sha256').update(sql).digest('hex');
  const { rows } = await client.query<{ checksum: string }>('SELECT checksum FROM slipway_migrations WHERE number = $1', [number]);
  if (rows[0] && rows[0].checksum !== checksum) {
    throw new SlipwayError('MIGRATION_CHANGED', `Migration ${number} (${name}) was applied to this database with other content than this release has.`);
  }
  if (rows[0]) return false;
  await client.query(sql);
  await client.query('INSERT INTO slipway_migrations (number, name, checksum) VALUES ($1, $2, $3)', [number, name, checksum]);
  return true;
}
