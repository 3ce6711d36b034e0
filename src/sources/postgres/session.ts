import { readFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionOptions } from 'node:tls';
import pg from 'pg';
import type { ErrorCode } from '../../domain/errors.js';
import { APPLICATION_NAME } from './client-environment.js';
import { postgresError } from './postgres-error.js';
import { placeOf, type ServerAddress } from './server-address.js';

export interface SessionOptions {
  readonly signal: AbortSignal;
  /** Code of what the server says about the work itself. @default 'PRODUCER_FAILED' */
  readonly otherwise?: ErrorCode;
}

const CONNECT_TIMEOUT_MS = 10_000;
const GOODBYE_MS = 2_000;

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
  const { client, socket } = await clientFor(address);
  const cut = () => socket.destroy();
  signal.addEventListener('abort', cut, { once: true });
  try {
    await client.connect();
    // First, as a role may have a limit that the rest would meet.
    await client.query('SET statement_timeout = 0');
    await client.query(SETTINGS);
    return await work(client);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw postgresError(error, placeOf(address), otherwise);
  } finally {
    signal.removeEventListener('abort', cut);
    await goodbye(client, socket);
  }
}

async function clientFor(address: ServerAddress): Promise<{ client: pg.Client; socket: Socket }> {
  const { host, port, user, password, database } = address;
  const socket = new Socket();
  const client = new pg.Client({
    host, port, user, database, application_name: APPLICATION_NAME, keepAlive: true, connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // Our own, so that an abort can cut it whatever the driver waits for.
    stream: () => socket,
    // A function that gives nothing keeps the driver from looking into the worker's own environment and files.
    password: password ?? (() => ''),
    ssl: await tlsOf(address),
  });
  // A connection that is lost between two queries is noticed by the next one.
  client.on('error', () => undefined);
  return { client, socket };
}

/** As libpq understands the modes; those that fall back to no encryption do not encrypt. */
async function tlsOf({ tls }: ServerAddress): Promise<false | ConnectionOptions> {
  const mode = tls.sslmode ?? 'prefer';
  if (['disable', 'allow', 'prefer'].includes(mode)) return false;
  const file = async (path: string | undefined) => (path === undefined || path === 'system' ? undefined : readFile(path, 'utf8'));
  const [ca, cert, key] = await Promise.all([file(tls.sslrootcert), file(tls.sslcert), file(tls.sslkey)]);
  return {
    ...(ca === undefined ? {} : { ca }), ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }),
    rejectUnauthorized: mode !== 'require' || ca !== undefined,
    ...(mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
  };
}

async function goodbye(client: pg.Client, socket: Socket): Promise<void> {
  await Promise.race([client.end().catch(() => undefined), sleep(GOODBYE_MS, undefined, { ref: false })]);
  socket.destroy();
}
