import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { ulid } from 'ulid';
import { stringify } from 'yaml';
import type { AppDeps } from '../../src/app/deps.js';
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

const STARTS = 300;
const WARM_UP = 150;
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
  const legs: Legs = { readMs: [], requestMs: [], startMs: [] };
  const api = await startApi(room, legs, address, databaseUrl);
  const bareLegs: Legs = { readMs: [], requestMs: [], startMs: [] };
  const bare = await bareStart(room, bareLegs, address, databaseUrl);
  const services = Array.from({ length: STARTS + WARM_UP }, (_, index) => `shop-${index + 1}`);
  for (const service of services) {
    await putService(api, service, PLACE);
    // An API that has run for a while has read the definitions it deploys.
    await api.call('POST', '/deployments?dryRun=true', { service, environment: 'bench', version: 'v1' });
  }
  room.say(`${STARTS} starts by turns`);
  const posted: number[] = [];
  const started: number[] = [];
  for (const service of services) {
    posted.push(await timed(() => api.deploy(service, 'v1')));
    started.push(await timed(bare));
  }
  const p50 = (samples: readonly number[]): number => percentile(samples.slice(WARM_UP), 50);
  return [{
    id: 'trigger-ratio-p50', value: p50(posted) / p50(started), unit: 'x', n: STARTS,
    detail: {
      'POST p50 ms': p50(posted), 'its reading': p50(legs.readMs.slice(services.length)), 'its transaction': p50(legs.requestMs), 'its start': p50(legs.startMs),
      'bare p50 ms': p50(started), 'bare transaction': p50(bareLegs.requestMs), 'bare start': p50(bareLegs.startMs),
    },
  }];
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Where the time goes, a sample each time. */
interface Legs {
  readonly readMs: number[];
  readonly requestMs: number[];
  readonly startMs: number[];
}

function withClocks(app: AppDeps, { readMs, requestMs, startMs }: Legs): AppDeps {
  const { services, deployments } = app.stores;
  const clocked = <A extends readonly unknown[], T>(times: number[], work: (...args: A) => Promise<T>) => async (...args: A): Promise<T> => {
    const began = performance.now();
    const result = await work(...args);
    times.push(performance.now() - began);
    return result;
  };
  return {
    ...app,
    runs: { ...app.runs, start: clocked(startMs, app.runs.start) },
    stores: { ...app.stores, services: { ...services, get: clocked(readMs, services.get) }, deployments: { ...deployments, request: clocked(requestMs, deployments.request) } },
  };
}

/** The API of the product, in this process. */
async function startApi(room: Room, legs: Legs, address: string, databaseUrl: string): Promise<ApiCaller> {
  process.env['TEMPORAL_ADDRESS'] = address;
  await migrate(databaseUrl);
  const settings = loadSettings({ env: { SLIPWAY_DATABASE_URL: databaseUrl, SLIPWAY_ADMIN_KEY: KEY, SLIPWAY_PORT: '0' }, file: await configFile(room) });
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const closing = new AbortController();
  const { deps, close } = compose({ settings, adminKey: KEY, log, databaseProblem: () => null, closing: closing.signal });
  const serving = await serve(createApp({ ...deps, app: withClocks(deps.app, legs) }), settings.http);
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

async function bareStart(room: Room, legs: Legs, address: string, databaseUrl: string): Promise<() => Promise<void>> {
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
    legs.requestMs.push(await timed(() => insert(pool, id)));
    legs.startMs.push(await timed(() => client.workflow.start('canary', { taskQueue: QUEUE, workflowId: id, args: [{ id }] })));
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
