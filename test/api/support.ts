import type { AddressInfo, Socket } from 'node:net';
import { ulid } from 'ulid';
import { createApp } from '../../src/api/app.js';
import type { ApiDeps } from '../../src/api/api-deps.js';
import { createDefinitionReader } from '../../src/api/definition-reader.js';
import { createApiMetrics } from '../../src/api/system/api-metrics.js';
import { Afterwards } from '../../src/app/afterwards.js';
import { FakeBackupRuns } from '../../src/app/backup/fake-backup-runs.js';
import { FakeBackupSchedules } from '../../src/app/backup/fake-backup-schedules.js';
import { ScheduleBoard } from '../../src/app/backup/schedule-board.js';
import { AddressBook } from '../../src/app/deployment/address-book.js';
import { DeploymentFollowers } from '../../src/app/deployment/deployment-followers.js';
import { FakeDeploymentRuns } from '../../src/app/deployment/fake-deployment-runs.js';
import type { AppDeps } from '../../src/app/deps.js';
import { FakeKeepers } from '../../src/app/keeper/fake-keepers.js';
import { Environments } from '../../src/app/service/environments.js';
import type { Logger } from '../../src/domain/logger.js';
import type { Notice } from '../../src/notifiers/notifier.js';
import { createMemoryStores } from '../../src/store/memory/memory-stores.js';
import type { Stores } from '../../src/store/stores.js';
import { createServer } from 'node:http';

export const KEY = 'slp_test_key';

export const DEFINITION = {
  service: 'checkout',
  environments: {
    production: {
      router: { use: 'edge' },
      target: { use: 'hosts', instances: 2 },
      health: { web: { http: { path: '/healthz' } } },
      strategy: { canary: [{ traffic: '10%', bake: '10s' }, { traffic: '50%', bake: '10s', gate: 'managers' }] },
      alternatives: { hotfix: { blueGreen: {} } },
      gates: { managers: {} },
    },
  },
};

export interface TestApi {
  readonly url: string;
  readonly stores: Stores;
  readonly runs: FakeDeploymentRuns;
  readonly backupRuns: FakeBackupRuns;
  readonly backupSchedules: FakeBackupSchedules;
  readonly app: AppDeps;
  readonly logged: unknown[];
  readonly told: Notice[];
  readonly closing: AbortController;
  /** Of the server, those that are open. */
  connections(): readonly Socket[];
  call(method: string, path: string, options?: CallOptions): Promise<TestAnswer>;
  /** Puts the definition above. */
  putCheckout(): Promise<void>;
  /** Deploys and answers with the id. */
  deploy(version: string, more?: object): Promise<string>;
  /** As the run would record it: succeeded, and now stable. */
  succeed(id: string): Promise<void>;
  close(): Promise<void>;
}

export interface CallOptions { readonly body?: unknown; readonly text?: string; readonly type?: string; readonly headers?: Record<string, string>; readonly key?: string | null }

// Tests read answers of many shapes: what they expect of them, they assert.
export interface TestAnswer { readonly status: number; readonly headers: Headers; readonly body: Record<string, unknown>; readonly text: string }

export interface TestApiOptions { readonly stores?: Stores; readonly runs?: FakeDeploymentRuns; readonly backupRuns?: FakeBackupRuns; readonly backupSchedules?: FakeBackupSchedules; readonly now?: () => number; readonly mostReaders?: { readonly wait: number; readonly stream: number } }

export async function startTestApi(options: TestApiOptions = {}): Promise<TestApi> {
  const stores = options.stores ?? createMemoryStores();
  const runs = options.runs ?? new FakeDeploymentRuns(options.now);
  const logged: unknown[] = [];
  const told: Notice[] = [];
  const backupRuns = options.backupRuns ?? new FakeBackupRuns(options.now);
  backupRuns.recordInto(stores.restores);
  const backupSchedules = options.backupSchedules ?? new FakeBackupSchedules();
  const closing = new AbortController();
  const write = (fields: object, text: string): void => void logged.push({ ...fields, text });
  const log: Logger = { info: write, warn: write, error: write };
  const definitions = createDefinitionReader(() => undefined);
  const addresses = new AddressBook();
  const app: AppDeps = {
    stores, runs, keepers: new FakeKeepers(), backupRuns, backupSchedules, scheduleBoard: new ScheduleBoard(), definitions, environments: new Environments(definitions), addresses, followers: new DeploymentFollowers({ stores, runs, addresses }, options.mostReaders), afterwards: new Afterwards(log), site: 'default', log, newId: ulid,
    now: options.now ?? Date.now, routerMaintenance: () => [],
    tell: async (_receivers, notice) => {
      told.push(notice);
      return [];
    },
  };
  const deps: ApiDeps = {
    app, adminKey: KEY, log, metrics: createApiMetrics({ store: stores.metrics, schedules: app.scheduleBoard, followers: app.followers, now: app.now }), temporalLink: (workflowId) => `http://ui/${workflowId}`,
    schemas: { 'service.json': { type: 'object' } }, closing: closing.signal,
  };
  const server = createServer(createApp(deps));
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  // A TCP server has this form of address.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const call = (method: string, path: string, more: CallOptions = {}): Promise<TestAnswer> => request(url, method, path, more);
  return {
    url, stores, runs, backupRuns, backupSchedules, app, logged, told, closing, call, connections: () => [...open],
    putCheckout: async () => void (await call('PUT', '/api/v1/services/checkout', { body: DEFINITION })),
    deploy: async (version, more = {}) => {
      const { body } = await call('POST', '/api/v1/deployments', { body: { service: 'checkout', environment: 'production', version, ...more } });
      return String(body['id']);
    },
    succeed: async (id) => {
      const record = await stores.deployments.get(id);
      if (!record) throw new Error(`no record of ${id}`);
      const status = runs.advance(id, 'succeeded');
      const { service, environment, plan } = record;
      await stores.deployments.record({ status, stable: { service, environment, deployment: id, slot: 'blue', release: plan.candidate, since: new Date().toISOString() } });
    },
    close: async () => {
      closing.abort();
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}

async function request(url: string, method: string, path: string, { body, text, type, headers = {}, key = KEY }: CallOptions): Promise<TestAnswer> {
  const content = text ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(key !== null && { authorization: `Bearer ${key}` }), ...(content !== undefined && { 'content-type': type ?? 'application/json' }), ...headers,
    },
    ...(content !== undefined && { body: content }),
    signal: AbortSignal.timeout(10_000),
  });
  const answer = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, text: answer, body: (isJson ? JSON.parse(answer) : {}) as TestAnswer['body'] };
}

/** Where the problems of an answer stand. */
export function problemPaths({ body }: TestAnswer): readonly string[] {
  const { errors } = body;
  return Array.isArray(errors) ? errors.map((each: { path?: unknown }) => String(each.path)) : [];
}
