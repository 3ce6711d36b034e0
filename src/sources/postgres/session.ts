import type pg from 'pg';
import type { ErrorCode } from '../../domain/errors.js';
import { connect, type Connection } from './connect.js';
import { postgresError } from './postgres-error.js';
import { placeOf, type ServerAddress } from './server-address.js';

export interface SessionOptions {
  readonly signal: AbortSignal;
  /** Code of what the server says about the work itself. @default 'PRODUCER_FAILED' */
  readonly otherwise?: ErrorCode;
}

/** Set on the server whatever the role's own settings: a long read is no fault, and the server notices when we are gone. */
const SETTINGS = `SELECT set_config(s.name, v.value, false) FROM (VALUES
  ('idle_in_transaction_session_timeout', '0'), ('transaction_timeout', '0'), ('idle_session_timeout', '0'),
  ('default_transaction_read_only', 'off'), ('client_connection_check_interval', '5000'), ('row_security', 'off'), ('search_path', 'pg_catalog')
) v(name, value) JOIN pg_catalog.pg_settings s USING (name)`;

/**
 * One connection for as long as `work` takes; an abort cuts it.
 *
 * @throws the signal's reason; what the server says by `postgresError`; what `work` throws that is not of the database as it is
 */
export async function withSession<T>(address: ServerAddress, { signal, otherwise = 'PRODUCER_FAILED' }: SessionOptions, work: (client: pg.Client) => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let connection: Connection | undefined;
  try {
    connection = await connect(address, signal);
    const { client } = connection;
    // First, as a role may have a limit that the rest would meet.
    await client.query('SET statement_timeout = 0');
    await client.query(SETTINGS);
    return await work(client);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw postgresError(error, placeOf(address), otherwise);
  } finally {
    await connection?.close();
  }
}
