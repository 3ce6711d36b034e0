import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Client, Connection, defaultPayloadConverter } from '@temporalio/client';
import { newIdentity } from '../../../src/engines/archive/new-identity.js';
import { createTestDatabase } from '../database.js';
import { type Postgres15, startPostgres15 } from '../postgres-15.js';
import { RESTIC_PASSWORD } from '../prepared-repository.js';
import { startTemporalServer } from '../temporal-server.js';
import { until } from '../until.js';
import type { ApiUser } from './api-user.js';
import { createDataUser, type DataUser } from './data-user.js';
import { type Home, openHome } from './home.js';
import { createOrders, type OrdersDatabase } from './orders-database.js';
import { createPacedRestic, type PacedRestic } from './paced-restic.js';
import { type Descendant, descendantsOf, survivorsOf } from './process-tree.js';
import type { Program } from './program.js';
import { startSlipway } from './slipway-stack.js';

/** One installation that looks after data: real PostgreSQL, restic and archives, and workers that can be killed. */
export interface DataScene {
  readonly home: Home;
  readonly api: ApiUser;
  readonly data: DataUser;
  readonly postgres: Postgres15;
  readonly archive: { readonly folder: string; readonly identityFile: string };
  restic(repository: string): PacedRestic;
  /** What `{secret: name}` stands for from now on. */
  secret(name: string, value: string): Promise<void>;
  /** A database of orders, and `postgres` of the definition of a source that it is. */
  orders(name: string, count: number): Promise<{ readonly database: OrdersDatabase; readonly postgres: object }>;
  /** The attempt of a step that runs now, and what it last said of itself; undefined while none does. */
  running(workflowId: string, step: string): Promise<{ readonly attempt: number; readonly said: unknown } | undefined>;
  /** Waits until a step runs and has moved bytes. */
  movesBytes(workflowId: string, step: string): Promise<void>;
  startWorker(): Promise<Program>;
  /**
   * `kill -9` of every worker, and another one at once.
   * @param between what happens while nobody works
   * @returns what still runs of that which they had started
   */
  killWorkers(between?: () => Promise<void>): Promise<readonly Descendant[]>;
  close(): Promise<void>;
}

export interface DataSceneOptions {
  /** The program. @default the one on PATH */
  readonly restic?: string;
  /** Names of restic repositories, each empty and with a pace of its own. @default none */
  readonly repositories?: readonly string[];
  /** `routers` of the operator's file. @default one that does not answer */
  readonly routers?: object;
  /** More for the worker. */
  readonly env?: Readonly<Record<string, string>>;
  /** More of the operator's repositories. */
  readonly more?: (folder: string) => object;
  /** Made before anything starts. */
  readonly home?: Home;
}

const STARTED = 2;
const NO_ROUTER = { edge: { haproxy: { instances: { a: { socket: '/nonexistent/haproxy.sock' } } } } };

export async function openDataScene(options: DataSceneOptions): Promise<DataScene> {
  const undo: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  };
  try {
    const home = options.home ?? await openHome();
    undo.push(() => home.close());
    const database = await createTestDatabase();
    undo.push(() => database.drop());
    const [temporal, postgres] = await Promise.all([startTemporalServer(), startPostgres15()]);
    undo.push(() => temporal.kill(), () => postgres.stop());
    const connection = await Connection.connect({ address: temporal.address });
    undo.push(() => connection.close());
    const secrets = join(home.folder, 'secrets');
    await mkdir(secrets);
    const secret = (name: string, value: string): Promise<void> => writeFile(join(secrets, name), value, { mode: 0o600 });
    const paced = await pacedRestics(home, options);
    const archive = { folder: join(home.folder, 'archives', 'shelf'), identityFile: join(secrets, 'AGE_KEY') };
    await mkdir(dirname(archive.folder));
    await Promise.all([secret('AGE_KEY', await newIdentity()), secret('RESTIC_PASSWORD', RESTIC_PASSWORD)]);
    const slipway = await startSlipway({
      home, temporal, database, routers: options.routers ?? NO_ROUTER, repositories: { ...repositories(home, paced), ...options.more?.(home.folder) },
      env: { SLIPWAY_LEASE_TTL: '10s', SLIPWAY_STAGING_FOLDER: join(home.folder, 'staging'), SLIPWAY_SECRETS_FOLDER: secrets, ...options.env },
    });
    undo.push(() => slipway.close());
    let workers = [slipway.worker];
    const running = (workflowId: string, step: string) => stepOf(new Client({ connection }), workflowId, step);
    return {
      home, postgres, archive, secret, running, close, api: slipway.api, data: createDataUser(slipway.api),
      restic: (name) => paced.get(name) ?? missing(name),
      async orders(name, count) {
        const made = await createOrders(postgres, name, count);
        const variable = `DB_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
        await secret(variable, postgres.url(name));
        return { database: made, postgres: { url: { secret: variable } } };
      },
      async movesBytes(workflowId, step) {
        const came = await until(async () => bytesIn((await running(workflowId, step))?.said) > 0, 60_000, 100);
        if (!came) throw new Error(`${step} of ${workflowId} never moved a byte`);
      },
      async startWorker() {
        const worker = await slipway.startWorker();
        workers = [...workers, worker];
        return worker;
      },
      async killWorkers(between = async () => undefined) {
        const started = workers.flatMap(({ pid }) => descendantsOf(pid));
        await Promise.all(workers.map((worker) => worker.end('SIGKILL')));
        await between();
        const [worker, survivors] = await Promise.all([slipway.startWorker(), survivorsOf(started)]);
        workers = [worker];
        return survivors;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function pacedRestics({ folder }: Home, { repositories: names = [], restic = 'restic' }: DataSceneOptions): Promise<ReadonlyMap<string, PacedRestic>> {
  return new Map(await Promise.all(names.map(async (name): Promise<[string, PacedRestic]> => [name, await createPacedRestic(join(folder, 'restic', name), restic)])));
}

function repositories({ folder }: Home, paced: ReadonlyMap<string, PacedRestic>): object {
  const env = { RESTIC_CACHE_DIR: join(folder, 'restic-cache') };
  return Object.fromEntries([
    ...[...paced].map(([name, { program, repository }]) => [name, { restic: { repository, program, env, password: { secret: 'RESTIC_PASSWORD' } } }]),
    ['shelf', { archive: { folder: join(folder, 'archives', 'shelf'), identity: { secret: 'AGE_KEY' } } }],
  ]);
}

async function stepOf(client: Client, workflowId: string, step: string): Promise<{ attempt: number; said: unknown } | undefined> {
  const { raw } = await client.workflow.getHandle(workflowId).describe().catch(() => ({ raw: {} as { pendingActivities?: null } }));
  const found = (raw.pendingActivities ?? []).find(({ activityType, state, lastStartedTime }) => activityType?.name === step && state === STARTED && lastStartedTime);
  if (!found) return undefined;
  const [payload] = found.heartbeatDetails?.payloads ?? [];
  return { attempt: found.attempt ?? 0, said: payload ? defaultPayloadConverter.fromPayload(payload) : undefined };
}

function bytesIn(said: unknown): number {
  return typeof said === 'object' && said !== null && 'bytes' in said ? Number(said.bytes) : 0;
}

function missing(name: string): never {
  throw new Error(`the scene has no repository ${name}`);
}
