import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf } from '../../src/domain/errors.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/dev/postgres/embedded-postgres.js';
import { freePort } from './free-port.js';

/** One PostgreSQL for a run of the tests: the one named by SLIPWAY_TEST_DATABASE_URL, or an embedded one that is gone afterwards. */
export async function startDatabase(): Promise<{ url: string; stop: () => Promise<void> }> {
  const given = process.env['SLIPWAY_TEST_DATABASE_URL'];
  if (given !== undefined && given !== '') return { url: given, stop: async () => {} };
  return startOwnDatabase();
}

export interface OwnDatabase {
  readonly url: string;
  readonly port: number;
  /** As `kill -9` of the whole server would: no shutdown, recovery at the next start. */
  crash(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** For a test that stops or kills its server. */
export async function startOwnDatabase(): Promise<OwnDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-postgres-'));
  const first = await startOnFreePort(folder, 5);
  const { port } = first;
  let { postgres } = first;
  return {
    url: postgres.url,
    port,
    crash: async () => {
      postgres.process.kill('SIGQUIT');
      await postgres.ended;
    },
    restart: async () => {
      postgres = await startEmbeddedPostgres({ folder, port, settings: SETTINGS });
    },
    stop: async () => {
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Nothing here has to outlive a power cut. */
const SETTINGS = { fsync: 'off', max_connections: '200' };

/** Another test may take the port between the look and the bind. */
async function startOnFreePort(folder: string, attempts: number): Promise<{ postgres: EmbeddedPostgres; port: number }> {
  const port = await freePort();
  try {
    return { port, postgres: await startEmbeddedPostgres({ folder, port, settings: SETTINGS }) };
  } catch (error) {
    if (attempts > 1 && codeOf(error) === 'PORT_TAKEN') return startOnFreePort(folder, attempts - 1);
    throw error;
  }
}
