import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { ulid } from 'ulid';
import { stringify } from 'yaml';
import { createApp } from '../../src/api/app.js';
import { compose } from '../../src/api/server/compose.js';
import { serve } from '../../src/api/server/serve.js';
import { loadSettings } from '../../src/settings/load-settings.js';
import { migrate } from '../../src/store/postgres/migrate.js';
import type { Benchmark, Measured, Room } from '../benchmark.js';
import { type ApiCaller, createApiCaller } from '../rig/api-caller.js';
import { putService } from '../rig/services.js';
import { startDatabase } from '../rig/stack.js';
import { startTemporal } from '../rig/temporal.js';
import { percentile } from '../samples.js';

const STARTS = 100;
const WARM_UP = 10;
const KEY = 'slp_bench_key_0123456789';
const QUEUE = 'bench-nobody';
/** Never reached: no worker runs. */
const PLACE = 'nowhere';

/**
 * `POST /api/v1/deployments` with an idempotency key to its answer, against what it cannot do without: one durable transaction and one
 * `client.workflow.start`, in the same process, by turns. No worker runs, so neither pays for what comes after.
 */
export const triggerRatio: Benchmark = { ids: ['trigger-ratio-p50'], needs: [], run };

async function run(room: Room): Promise<readonly Measured[]> {
  room.say('starting Temporal, PostgreSQL and the API');
  const [{ address }, databaseUrl] = await Promise.all([startTemporal(room), startDatabase(room)]);
  const api = await startApi(room, address, databaseUrl);
  const bare = await bareStart(room, address, databaseUrl);
  const services = Array.from({ length: STARTS + WARM_UP }, (_, index) => `shop-${index + 1}`);
  for (const service of services) await putService(api, service, PLACE);
  room.say(`${STARTS} starts by turns`);
  const posted: number[] = [];
  const started: number[] = [];
  for (const service of services) {
    posted.push(await timed(() => api.deploy(service, 'v1')));
    started.push(await timed(bare));
  }
  const [ours, theirs] = [percentile(posted.slice(WARM_UP), 50), percentile(started.slice(WARM_UP), 50)];
  return [{
    id: 'trigger-ratio-p50', value: ours / theirs, unit: 'x', n: STARTS,
    detail: {
      'POST p50 ms': ours, 'bare p50 ms': theirs, 'POST p99 ms': percentile(posted.slice(WARM_UP), 99), 'bare p99 ms': percentile(started.slice(WARM_UP), 99),
    },
  }];
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** The API of the product, in this process. */
async function startApi(room: Room, address: string, databaseUrl: string): Promise<ApiCaller> {
  process.env['TEMPORAL_ADDRESS'] = address;
  await migrate(databaseUrl);
  const settings = loadSettings({ env: { SLIPWAY_DATABASE_URL: databaseUrl, SLIPWAY_ADMIN_KEY: KEY, SLIPWAY_PORT: '0' }, file: await configFile(room) });
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const closing = new AbortController();
  const { deps, close } = compose({ settings, adminKey: KEY, log, databaseProblem: () => null, closing: closing.signal });
  const serving = await serve(createApp(deps), settings.http);
  const caller = createApiCaller(`http://127.0.0.1:${serving.port}`, KEY);
  room.later(async () => {
    caller.close();
    closing.abort();
    await serving.stop(1_000);
    await close();
  });
  return caller;
}

async function configFile(room: Room): Promise<string> {
  const file = join(room.folder, 'slipway.config.yaml');
  await writeFile(file, stringify({
    routers: { [PLACE]: { haproxy: { instances: { a: { socket: join(room.folder, 'nobody.sock') } } } } },
    targets: { [PLACE]: { static: { slots: { blue: ['127.0.0.1:1'], green: ['127.0.0.1:1'] } } } },
  }));
  return file;
}

async function bareStart(room: Room, address: string, databaseUrl: string): Promise<() => Promise<void>> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 4, connectionTimeoutMillis: 5_000, query_timeout: 5_000 });
  pool.on('error', () => {});
  await pool.query('CREATE TABLE bench_starts (id text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())');
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  room.later(async () => {
    await pool.end();
    await connection.close();
  });
  return async () => {
    const id = ulid();
    await insert(pool, id);
    await client.workflow.start('canary', { taskQueue: QUEUE, workflowId: id, args: [{ id }] });
  };
}

async function insert(pool: pg.Pool, id: string): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('INSERT INTO bench_starts (id) VALUES ($1)', [id]);
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}
