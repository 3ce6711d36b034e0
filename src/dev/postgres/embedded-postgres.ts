import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { messageOf, SlipwayError } from '../../domain/errors.js';
import { type PostgresBinaries, postgresBinaries } from './binaries.js';
import { DATABASE_USER, dataFolder } from './data-folder.js';
import { startServer, stopServer, type ServerProcess } from './server-process.js';
import { unprivileged } from './unprivileged.js';

export interface EmbeddedPostgresOptions {
  /** Keeps data and password; a folder that was used before goes on where it was. */
  readonly folder: string;
  /** On 127.0.0.1. */
  readonly port: number;
  /** Gets each line that PostgreSQL prints. @default nothing is kept but the last lines, for errors */
  readonly log?: (line: string) => void;
  /** @default those from npm */
  readonly binaries?: PostgresBinaries;
  /** More of PostgreSQL's settings, such as `fsync: 'off'` for data that need not outlive a test. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Recovery after a crash takes its time. @default 60_000 */
  readonly startTimeoutMs?: number;
}

export interface EmbeddedPostgres {
  /** Of its database; contains the password. */
  readonly url: string;
  readonly process: ChildProcess;
  /** Settles when the server has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Fast shutdown; idempotent. */
  stop(): Promise<void>;
}

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '32MB',
  max_connections: '60',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/**
 * A real PostgreSQL, from npm where no other is named, in a process of its own that ends with this one.
 *
 * @throws PROGRAM_MISSING, PORT_TAKEN, STATE_DIR_IN_USE, PROCESS_FAILED
 * @example const postgres = await startEmbeddedPostgres({ folder: '.slipway/postgres', port: 5433 });
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const binaries = options.binaries ?? (await postgresBinaries());
  const how = unprivileged();
  const { data, password } = await dataFolder(options.folder, [binaries.initdb, ...binaries.locale, ...(options.settings?.['fsync'] === 'off' ? ['--no-sync'] : [])], how);
  const settings = Object.entries({ ...SETTINGS, ...options.settings, port: String(options.port) });
  const command = [binaries.postgres, '-D', data, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const server = startServer(command, how, options.folder, options.log ?? (() => {}));
  const address = `postgresql://${DATABASE_USER}:${password}@127.0.0.1:${options.port}`;
  try {
    await accepting(server, `${address}/postgres`, options);
  } catch (error) {
    await stopServer(server);
    throw error;
  }
  return { url: `${address}/${DATABASE_USER}`, process: server.child, ended: server.ended, stop: () => stopServer(server) };
}

async function accepting(server: ServerProcess, url: string, options: EmbeddedPostgresOptions): Promise<void> {
  const timeoutMs = options.startTimeoutMs ?? 60_000;
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    if (server.hasEnded()) throw whyEnded(server, options);
    try {
      return await createDatabase(url);
    } catch (error) {
      if (Date.now() > deadline) {
        throw new SlipwayError('PROCESS_FAILED', `PostgreSQL accepted no connection within ${timeoutMs} ms: ${messageOf(error)}. ${last(server)}`, { cause: error });
      }
    }
    await Promise.race([server.ended, sleep(25)]);
  }
}

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000, query_timeout: 10_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE_USER]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE_USER}`);
  } finally {
    await client.end();
  }
}

function whyEnded(server: ServerProcess, { port, folder }: EmbeddedPostgresOptions): SlipwayError {
  const text = server.lastLines().join('\n');
  if (text.includes('Address already in use')) return new SlipwayError('PORT_TAKEN', `PostgreSQL cannot have port ${port}: another program listens there.`);
  if (text.includes('lock file "postmaster.pid" already exists')) {
    return new SlipwayError('STATE_DIR_IN_USE', `Another PostgreSQL runs on ${folder}. ${last(server)}`);
  }
  return new SlipwayError('PROCESS_FAILED', `PostgreSQL on ${folder} ended before it accepted connections. ${last(server)}`);
}

function last(server: ServerProcess): string {
  return `It last said: ${server.lastLines().slice(-5).join(' | ') || 'nothing'}`;
}
