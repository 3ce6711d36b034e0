import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { unprivileged } from '../../src/dev/postgres/unprivileged.js';
import { freePort } from './free-port.js';
import { until } from './until.js';

/** A server that is gone after the test file, with the client programs of its version. */
export interface Postgres15 {
  readonly port: number;
  /** The folder of `pg_dump` and the like. */
  readonly clients: string;
  /** Of a database, as the administrator or another role. */
  url(database: string, role?: { readonly name: string; readonly password: string }): string;
  /** Statements one after the other, in one session of `database`, or in any of the maintenance database `postgres`. @returns the rows of the last. */
  run(database: string, ...statements: readonly string[]): Promise<Record<string, unknown>[]>;
  /** As `kill -9` of the whole server would: no shutdown, recovery at the next start. */
  crash(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export const POSTGRES_15_CLIENTS = '/usr/lib/postgresql/15/bin';
const MAINTENANCE = 'postgres';
const ADMIN = { name: 'postgres', password: 'admin pass%/"word' };

/** @param settings more of PostgreSQL's settings. */
export async function startPostgres15(settings: Readonly<Record<string, string>> = {}): Promise<Postgres15> {
  const how = unprivileged();
  const folder = await mkdtemp(join(tmpdir(), 'slipway-postgres-15-'));
  if (how.owner) await chown(folder, how.owner.uid, how.owner.gid);
  await initialize(folder, how);
  let port = 0;
  let server: Awaited<ReturnType<typeof start>> | undefined;
  // Another test may take the port between the look and the bind.
  for (let attempt = 1; server === undefined; attempt += 1) {
    port = await freePort();
    server = await start(folder, port, settings, how).catch((error: unknown) => {
      if (attempt === 5) throw error;
      return undefined;
    });
  }
  let running = server;

  function url(database: string, role = ADMIN): string {
    return `postgres://${encodeURIComponent(role.name)}:${encodeURIComponent(role.password)}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  }

  const access = { host: '127.0.0.1', port, user: ADMIN.name, password: ADMIN.password, connectionTimeoutMillis: 5_000, query_timeout: 60_000 };
  // Asked so often that sessions are kept. One in any other database would be in the way of whoever renames or drops it.
  const pool = new pg.Pool({ ...access, database: MAINTENANCE, max: 10, idleTimeoutMillis: 1_000 });
  pool.on('error', () => {});
  return {
    port, clients: POSTGRES_15_CLIENTS, url,
    async run(database, ...statements) {
      if (database === MAINTENANCE) return rowsOfLast(pool, statements);
      const client = new pg.Client({ ...access, database });
      client.on('error', () => {});
      try {
        await client.connect();
        return await rowsOfLast(client, statements);
      } finally {
        await client.end();
      }
    },
    crash: () => running.end('SIGQUIT'),
    async restart() {
      running = await start(folder, port, settings, how);
    },
    async stop() {
      await pool.end();
      await running.end('SIGINT');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function rowsOfLast(client: Pick<pg.Client, 'query'>, statements: readonly string[]): Promise<Record<string, unknown>[]> {
  let rows: Record<string, unknown>[] = [];
  for (const statement of statements) rows = (await client.query<Record<string, unknown>>(statement)).rows;
  return rows;
}

type Unprivileged = ReturnType<typeof unprivileged>;

/** Data of a server that never ran, for all servers of a test run: `SLIPWAY_TEST_POSTGRES_15` tells them where. @returns its folder; undefined where it is not installed */
export async function makePostgres15Template(): Promise<string | undefined> {
  if (!existsSync(join(POSTGRES_15_CLIENTS, 'initdb'))) return undefined;
  const how = unprivileged();
  const folder = await mkdtemp(join(tmpdir(), 'slipway-postgres-15-template-'));
  if (how.owner) await chown(folder, how.owner.uid, how.owner.gid);
  await initialize(folder, how);
  return folder;
}

async function initialize(folder: string, how: Unprivileged): Promise<void> {
  const template = process.env['SLIPWAY_TEST_POSTGRES_15'];
  if (template) return void (await promisify(execFile)('cp', ['-a', join(template, 'data'), folder]));
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, ADMIN.password, { mode: 0o600 });
  await mkdir(join(folder, 'data'), { mode: 0o700 });
  if (how.owner) for (const path of [passwordFile, join(folder, 'data')]) await chown(path, how.owner.uid, how.owner.gid);
  const [program, ...args] = [
    ...how.prefix, join(POSTGRES_15_CLIENTS, 'initdb'), `--pgdata=${join(folder, 'data')}`, `--username=${ADMIN.name}`, `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync', '--data-checksums',
  ];
  await promisify(execFile)(program, args, { ...how.spawn, cwd: folder, timeout: 60_000, env: { PATH: process.env['PATH'] } });
}

async function start(folder: string, port: number, settings: Readonly<Record<string, string>>, how: Unprivileged) {
  const all = { port: String(port), listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off', max_connections: '60', max_prepared_transactions: '4', ...settings };
  const [program = '', ...args] = [...how.prefix, join(POSTGRES_15_CLIENTS, 'postgres'), '-D', join(folder, 'data'), ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const child = spawn(program, args, { ...how.spawn, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env['PATH'] } });
  const exited = once(child, 'exit');
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => void (said = (said + chunk.toString()).slice(-4_000)));
  const up = await until(async () => child.exitCode !== null || (await accepts(port)), 30_000);
  if (!up || child.exitCode !== null) throw new Error(`PostgreSQL 15 does not come up: ${said}`);
  return {
    async end(signal: NodeJS.Signals): Promise<void> {
      child.kill(signal);
      await exited;
    },
  };
}

async function accepts(port: number): Promise<boolean> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: ADMIN.name, password: ADMIN.password, database: 'postgres', connectionTimeoutMillis: 1_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
