import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { isSlipwayError } from '../../domain/errors.js';
import { storeError } from './faults.js';

export type Queries = NodePgDatabase;

/** The pool. Every failure is as `storeError` says. */
export interface Database {
  /** Single statements, each on whatever connection is free. */
  run<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  /** All or nothing, on one connection. */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  /** The server cancels a longer statement; the client gives up half a second later, should the server be frozen. */
  readonly statementTimeoutMs: number;
  /** To connect, or for a free connection of the pool. */
  readonly connectTimeoutMs: number;
  readonly connections: number;
  readonly onConnectionLost: (error: Error) => void;
}

export function openDatabase(options: DatabaseOptions): Database {
  const pool = poolOf(options);
  const queries = drizzle({ client: pool });
  return {
    run: (work) => asStoreErrors(() => work(queries)),
    transaction: (work) => asStoreErrors(() => transaction(pool, work)),
    close: () => pool.end(),
  };
}

function poolOf(options: DatabaseOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connections,
    connectionTimeoutMillis: options.connectTimeoutMs,
    statement_timeout: options.statementTimeoutMs,
    query_timeout: options.statementTimeoutMs + 500,
    idle_in_transaction_session_timeout: 10_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    application_name: 'slipway',
  });
  // An idle connection reports its loss to the pool, a busy one to itself; nobody listening would end the process.
  pool.on('error', options.onConnectionLost);
  pool.on('connect', (client) => void client.on('error', () => {}));
  return pool;
}

async function transaction<T>(pool: pg.Pool, work: (queries: Queries) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(drizzle({ client }));
    await client.query('COMMIT');
    client.release();
    return result;
  } catch (error) {
    client.release(await mustGo(client, error));
    throw error;
  }
}

/** After a refusal of our own the connection is rolled back and good; after anything else it may still be busy, and closing it rolls back too. */
async function mustGo(client: pg.PoolClient, error: unknown): Promise<boolean> {
  if (!isSlipwayError(error)) return true;
  try {
    await client.query('ROLLBACK');
    return false;
  } catch {
    return true;
  }
}

async function asStoreErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storeError(error);
  }
}
