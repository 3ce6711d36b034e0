import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Runtime, DefaultLogger } from '@temporalio/worker';
import { ulid } from 'ulid';
import type { Control, ControlKind } from '../../src/domain/deployment/control-message.js';
import type { Plan } from '../../src/domain/deployment/plan.js';
import type { DeploymentStatus } from '../../src/domain/deployment/status.js';
import { createMigrationActivities, createRecordActivities, createTrafficActivities } from '../../src/activities/deployment/deployment-activities.js';
import type { ActivityDeps } from '../../src/activities/deployment/deps.js';
import { createApplicationActivities, createCatalogueActivities, createHeavyActivities, createSwapActivities } from '../../src/activities/backup/create-backup-activities.js';
import type { BackupDeps } from '../../src/activities/backup/deps.js';
import { createKeeperActivities } from '../../src/activities/keeper/keep.js';
import { createTemporalLock } from '../../src/activities/keeper/temporal-lock.js';
import { systemClock } from '../../src/activities/watch/clock.js';
import { createTemporalOwnership } from '../../src/activities/watch/temporal-ownership.js';
import { createWatchActivities } from '../../src/activities/watch/create-watch-activities.js';
import { createFakeMetricSource } from '../../src/metrics/fake-metric-source.js';
import { createFakeNotifier, type FakeNotifier } from '../../src/notifiers/fake-notifier.js';
import { NOTICE_KINDS } from '../../src/notifiers/notifier.js';
import { keeperWorkflowId } from '../../src/domain/names.js';
import { SlipwayError } from '../../src/domain/errors.js';
import type { PersistPolicy } from '../../src/domain/router/persistence.js';
import type { Engine } from '../../src/engines/engine.js';
import { createPrograms } from '../../src/programs/programs.js';
import { createFakeProber, type FakeProber } from '../../src/probes/fake-prober.js';
import { createFakeRouter, type FakeRouter } from '../../src/routers/fake/fake-router.js';
import type { FakeSourceControl } from '../../src/sources/fake/fake-control.js';
import { createFakeSource } from '../../src/sources/fake/fake-source.js';
import { createMemoryStores } from '../../src/store/memory/memory-stores.js';
import type { Stores } from '../../src/store/stores.js';
import { createFakeTarget, type FakeTarget } from '../../src/targets/fake-target.js';
import { startOptionsOf } from '../../src/app/deployment/temporal-start-options.js';
import { createReportPersistence } from '../../src/worker/report-persistence.js';
import { createReportShift } from '../../src/worker/report-shift.js';
import { createWorkers } from '../../src/worker/start-workers.js';
import { controlUpdate, statusQuery } from '../../src/workflows/deployment/messages.js';
import { aPlan } from './plans.js';
import { until } from './until.js';

/** Everything a deployment touches, shipped fakes around a real Temporal server, with workers of its own. */
export interface Delivery {
  readonly site: string;
  readonly client: Client;
  readonly fake: FakeRouter;
  readonly target: FakeTarget;
  readonly prober: FakeProber;
  readonly notifier: FakeNotifier;
  readonly stores: Stores;
  readonly database: { available: boolean };
  /** Of every source that is backed up. */
  readonly data: FakeSourceControl;
  start(over?: Partial<Plan>): Promise<LiveDeployment>;
  /** v1 live, as a first deployment leaves it. */
  settleV1(): Promise<void>;
  /** The keeper of the site, or of another one that nobody else is. */
  startKeeper(site?: string): Promise<WorkflowHandle>;
  close(): Promise<void>;
}

export interface LiveDeployment {
  readonly id: string;
  readonly handle: WorkflowHandle;
  status(): Promise<DeploymentStatus>;
  /** Waits for a status, with a deadline. */
  when(condition: (status: DeploymentStatus) => boolean, withinMs?: number): Promise<DeploymentStatus>;
  send(kind: ControlKind, over?: Partial<Control>): Promise<DeploymentStatus>;
  outcome(): Promise<{ phase: string; code: string | null; text: string }>;
}

let installed = false;

function quiet(): void {
  if (!installed) Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'OFF', forward: {} } } });
  installed = true;
}

export async function createDelivery(options: { instances?: string[]; address?: string; site?: string; engine?: Engine; persistPolicy?: PersistPolicy } = {}): Promise<Delivery> {
  quiet();
  const address = options.address ?? process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS'] ?? '';
  const site = options.site ?? `test-${ulid().toLowerCase()}`;
  const fake = createFakeRouter({ instances: options.instances ?? ['a'], persistPolicy: options.persistPolicy ?? 'told' });
  const target = createFakeTarget();
  const prober = createFakeProber();
  const notifier = createFakeNotifier();
  const database = { available: true };
  const stores = createMemoryStores({ available: () => database.available });
  const [connection, native] = await Promise.all([Connection.connect({ address }), NativeConnection.connect({ address })]);
  const client = new Client({ connection });
  const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const ownership = createTemporalOwnership({ client: client.activity });
  const deps: ActivityDeps = {
    router: () => fake.router, target: () => target, prober, deployments: stores.deployments, events: stores.events, observations: stores.observations,
    notifier: () => notifier, clock: systemClock, ownership, logger,
  };
  const watch = createWatchActivities({
    worker: 'worker-1',
    routers: () => fake.router, prober, metricSource: () => createFakeMetricSource(), events: stores.events, observations: stores.observations, clock: systemClock,
    ownership, reportShift: createReportShift(client), reportPersistence: createReportPersistence(client), logger,
  });
  const keeper = createKeeperActivities({
    routers: ['fake'], router: () => ({ router: fake.router, onDrift: 'restore' }), target: () => target, prober, notifier: () => notifier, stores, clock: systemClock, logger,
    receivers: async () => ({ people: { via: { kind: 'log' }, on: NOTICE_KINDS } }), lock: createTemporalLock(client),
  });
  const source = createFakeSource({ stagingFolder: join(tmpdir(), site), rows: { order: '1' } });
  const programs = createPrograms({ guardian: { watch: () => undefined, release: () => undefined }, graceMs: 500 });
  const data: BackupDeps = {
    ...deps, stores, programs, source: () => source.source, pruneEveryMs: () => 0, leaseTtlMs: 60_000, newId: ulid,
    engine: (name) => {
      if (options.engine) return options.engine;
      throw new SlipwayError('REPOSITORY_UNKNOWN', `the test has no repository ${name}`);
    },
  };
  const workers = await createWorkers({
    connection: native, namespace: 'default', site, workflowQueue: site, entitiesQueue: `${site}-entities`, workflowBundle: { codePath: process.env['SLIPWAY_TEST_WORKFLOW_BUNDLE'] ?? '' },
    activities: {
      watch: { ...watch, ...keeper }, records: { ...createRecordActivities(deps), ...createCatalogueActivities(data) }, traffic: { ...createTrafficActivities(deps), ...createApplicationActivities(data) },
      heavy: { ...createHeavyActivities(data), ...createMigrationActivities({ ...deps, ...data }) },
      swap: createSwapActivities(data),
    },
  });
  const running = workers.map((worker) => worker.run());
  const delivery: Delivery = {
    site, client, fake, target, prober, notifier, stores, database, data: source.control,
    start: (over) => startDeployment(delivery, over),
    settleV1: async () => { await (await startDeployment(delivery, { stable: null, keepWarmMs: 0, candidate: aPlan().stable ?? aPlan().candidate })).outcome(); },
    startKeeper: (of = site) => client.workflow.start('keeper', { workflowId: keeperWorkflowId(of), taskQueue: `${site}-entities`, workflowTaskTimeout: '2s', args: [{ site: of }] }),
    close: async () => {
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
      await Promise.all([connection.close(), native.close()]);
    },
  };
  return delivery;
}

async function startDeployment({ client, site, stores }: Delivery, over: Partial<Plan> = {}): Promise<LiveDeployment> {
  const id = ulid();
  // The service is named after the site, so that tests never share a lock.
  const plan = aPlan({ site, service: site, ...over });
  const by = { name: 'ann', roles: ['admin'] };
  await stores.deployments.request({ id, service: site, environment: plan.environment, strategy: plan.strategy.name, version: plan.candidate.version, plan, by, revision: 1 });
  const options = startOptionsOf({ deployment: id, plan, by });
  const handle = await client.workflow.start(plan.strategy.kind, { ...options, taskQueue: site });
  let messages = 0;
  const status = (): Promise<DeploymentStatus> => handle.query(statusQuery);
  return {
    id, handle, status,
    when: async (condition, withinMs = 20_000) => {
      let last = await status();
      if (!(await until(async () => condition(last = await status()), withinMs, 60))) throw new Error(`the status never came: ${JSON.stringify(last, null, 1)}`);
      return last;
    },
    send: (kind, message = {}) => {
      messages += 1;
      return handle.executeUpdate(controlUpdate(kind), { args: [{ id: `t${messages}`, deployment: id, by, ...message }] });
    },
    outcome: async () => handle.result() as Promise<{ phase: string; code: string | null; text: string }>,
  };
}
