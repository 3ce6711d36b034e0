import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionOptions } from 'node:tls';
import pg from 'pg';
import { messageOf, SlipwayError } from '../../domain/errors.js';
import type { SslMode } from './address-parameters.js';
import { APPLICATION_NAME } from './client-environment.js';
import { dial, type Encryption } from './dial.js';
import { stateOf } from './postgres-error.js';
import type { ServerAddress } from './server-address.js';

export interface Connection {
  readonly client: pg.Client;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 10_000;
const GOODBYE_MS = 2_000;

/** Nobody is let in from here, by this user, to this database: without encryption it may be otherwise. */
const NOT_LET_IN = '28000';

/**
 * Encrypted as `sslmode` says: those modes that promise nothing do without where the server cannot or will not, as libpq does. An abort cuts it,
 * whatever the driver waits for, until it is closed.
 */
export async function connect(address: ServerAddress, signal: AbortSignal): Promise<Connection> {
  const { host, tls: { sslmode = 'prefer' } } = address;
  // A socket of this host is never encrypted.
  if (sslmode === 'disable' || host.startsWith('/')) return open(address, null, signal);
  const required = !['allow', 'prefer'].includes(sslmode);
  try {
    return await open(address, { required, options: await optionsOf(address, sslmode) }, signal);
  } catch (error) {
    if (required || signal.aborted || stateOf(error) !== NOT_LET_IN) throw error;
    return open(address, null, signal).catch(() => {
      throw error;
    });
  }
}

async function open(address: ServerAddress, encryption: Encryption | null, signal: AbortSignal): Promise<Connection> {
  signal.throwIfAborted();
  const { host, port, user, password, database } = address;
  const socket = await dial(address, encryption, signal);
  const client = new pg.Client({
    host, port, user, database, application_name: APPLICATION_NAME, keepAlive: true, connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // A function that gives nothing keeps the driver from looking into the worker's own environment and files.
    password: password ?? (() => ''),
    ssl: false, stream: () => asDialled(socket),
  });
  // A connection that is lost between two queries is noticed by the next one.
  client.on('error', () => undefined);
  const cut = () => void socket.destroy();
  signal.addEventListener('abort', cut, { once: true });
  if (signal.aborted) cut();
  const close = async () => {
    signal.removeEventListener('abort', cut);
    await Promise.race([client.end().catch(() => undefined), sleep(GOODBYE_MS, undefined, { ref: false })]);
    socket.destroy();
  };
  try {
    await client.connect();
    return { client, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The driver connects what it is given: this is connected already, and only says so. */
function asDialled(socket: Socket): Socket {
  return Object.assign(socket, {
    connect: () => {
      process.nextTick(() => socket.emit('connect'));
      return socket;
    },
  });
}

async function optionsOf({ tls }: ServerAddress, mode: SslMode): Promise<ConnectionOptions> {
  const [ca, cert, key] = await Promise.all([tls.sslrootcert, tls.sslcert, tls.sslkey].map(readPem));
  return {
    ...(ca === undefined ? {} : { ca }), ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }),
    // As in libpq, `require` with a certificate checks against it.
    rejectUnauthorized: mode.startsWith('verify-') || (mode === 'require' && ca !== undefined),
    ...(mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
  };
}

async function readPem(path: string | undefined): Promise<string | undefined> {
  if (path === undefined || path === 'system') return undefined;
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new SlipwayError('SOURCE_REFUSED', `${path}, which the address of the source names, cannot be read on this worker: ${messageOf(cause)}.`, { cause });
  });
}
