import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { startEmbeddedPostgres } from '../../src/dev/postgres/embedded-postgres.js';
import { freePort } from '../../test/support/free-port.js';
import { answersOk } from '../../src/dev/parts/answers-ok.js';
import { programEnvironment } from '../../src/programs/program-environment.js';
import type { Room } from '../benchmark.js';
import { createApiCaller, type ApiCaller } from './api-caller.js';
import { type Child, startChild } from './child.js';
import type { Edge } from './edge.js';
import { startTemporal } from './temporal.js';
import { waitFor } from './wait.js';

export const KEY = 'slp_bench_key_0123456789';
const READY_WITHIN_MS = 60_000;

/** The processes of a production installation on one machine: Temporal, PostgreSQL, API and workers, each the real one. */
export interface Stack {
  readonly temporalAddress: string;
  readonly api: ApiCaller;
  readonly apiUrl: string;
  /** One more worker, polling when this returns. */
  startWorker(): Promise<Child>;
}

/** What a benchmark declares beside its edges. */
export interface StackExtras {
  /** As in `slipway.config.yaml`. */
  readonly config?: object;
  readonly env?: NodeJS.ProcessEnv;
}

export async function startStack(room: Room, edges: readonly Edge[], extras: StackExtras = {}): Promise<Stack> {
  const [temporal, databaseUrl] = await Promise.all([startTemporal(room), startDatabase(room)]);
  const config = join(room.folder, 'slipway.config.yaml');
  await writeFile(config, stringify({ ...configOf(edges), ...extras.config }));
  const port = await freePort();
  const env = programEnvironment(process.env, {
    SLIPWAY_DATABASE_URL: databaseUrl, SLIPWAY_CONFIG: config, SLIPWAY_ADMIN_KEY: KEY, SLIPWAY_PORT: String(port), SLIPWAY_LOG_LEVEL: 'error',
    TEMPORAL_ADDRESS: temporal.address, ...extras.env,
  });
  const api = startChild(room, [process.execPath, programFile('api')], env);
  await ready(api, 'the API', `http://127.0.0.1:${port}/healthz`);
  return {
    temporalAddress: temporal.address,
    apiUrl: `http://127.0.0.1:${port}`,
    api: createApiCaller(`http://127.0.0.1:${port}`, KEY),
    async startWorker() {
      const metricsPort = await freePort();
      const worker = startChild(room, [process.execPath, programFile('worker')], { ...env, SLIPWAY_METRICS_PORT: String(metricsPort) });
      await ready(worker, 'the worker', `http://127.0.0.1:${metricsPort}/readyz`);
      return worker;
    },
  };
}

/** With the durability of the embedded stack. */
export async function startDatabase(room: Room): Promise<string> {
  const folder = join(room.folder, 'postgres');
  await mkdir(folder, { recursive: true });
  const postgres = await startEmbeddedPostgres({ folder, port: await freePort() });
  room.later(() => postgres.stop());
  return postgres.url;
}

function programFile(name: 'api' | 'worker'): string {
  return fileURLToPath(new URL(`../../src/${name}/main.js`, import.meta.url));
}

function configOf(edges: readonly Edge[]) {
  const each = <T>(what: (edge: Edge) => T) => Object.fromEntries(edges.map((edge) => [edge.name, what(edge)]));
  return {
    routers: each(({ haproxy }) => ({ haproxy: { instances: Object.fromEntries(haproxy.instances.map(({ name, admin, stateFile }) => [name, { socket: admin, stateFile }])) } })),
    targets: each(({ origins: { blue, green } }) => ({ static: { slots: { blue: [blue.address], green: [green.address] } } })),
  };
}

async function ready(child: Child, name: string, url: string): Promise<void> {
  await waitFor(`${name} is ready; it said: ${child.said()}`, async () => {
    if (child.process.exitCode !== null) throw new Error(`${name} ended: ${child.said()}`);
    return answersOk(url, AbortSignal.timeout(READY_WITHIN_MS));
  }, READY_WITHIN_MS);
}
