import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { ulid } from 'ulid';
import { DefaultLogger, Runtime, type LogLevel } from '@temporalio/worker';
import { createMigrationActivities, createRecordActivities, createTrafficActivities } from '../activities/deployment/deployment-activities.js';
import { createApplicationActivities, createCatalogueActivities, createHeavyActivities, createSwapActivities } from '../activities/backup/create-backup-activities.js';
import { systemClock } from '../activities/watch/clock.js';
import { createWatchActivities } from '../activities/watch/create-watch-activities.js';
import { createKeeperActivities } from '../activities/keeper/keep.js';
import { createTemporalLock } from '../activities/keeper/temporal-lock.js';
import { createTemporalOwnership } from '../activities/watch/temporal-ownership.js';
import type { Logger } from '../domain/logger.js';
import { createLogger } from '../logging/create-logger.js';
import { runProcess } from '../logging/run-process.js';
import { createProber } from '../probes/prober.js';
import { startGuardian } from '../programs/guardian.js';
import { createPrograms } from '../programs/programs.js';
import { createSecrets } from '../secrets/secrets.js';
import { keepSwept } from '../sources/files/staging.js';
import { createSources } from '../sources/source-of.js';
import { describeSettings } from '../settings/describe-settings.js';
import { loadSettings } from '../settings/load-settings.js';
import { createPostgresStores } from '../store/postgres/postgres-stores.js';
import { createAdapters } from './adapters.js';
import { connectToTemporal } from './connect.js';
import { keepPersisted } from './keep-persisted.js';
import { createRepositories } from './repositories.js';
import { receiversOf } from './receivers.js';
import { startHealthServer, type WorkerHealth } from './health-server.js';
import { createReportPersistence } from './report-persistence.js';
import { createReportShift } from './report-shift.js';
import { createWorkers } from './start-workers.js';

const WORKFLOW_BUNDLE = fileURLToPath(new URL('../../workflow-bundle.js', import.meta.url));

/** The worker process: waits for Temporal, starts without a database, hands its watches over when it is told to stop. */
async function main(): Promise<void> {
  const settings = loadSettings({ env: process.env });
  const logger = createLogger({ name: 'worker', ...settings.log });
  installRuntime(logger);
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());
  const health: WorkerHealth = { missing: 'the Temporal server does not answer yet' };
  const server = await startHealthServer(settings.metrics, health);
  logger.info({ settings: describeSettings(settings) }, 'starting');

  const guardian = startGuardian();
  const programs = createPrograms({ guardian });
  const secrets = createSecrets({ env: process.env, ...(settings.secretsFolder === undefined ? {} : { folder: settings.secretsFolder }) });
  const adapters = await createAdapters({ operator: settings.operator, secrets, programs, logger });
  health.routers = adapters.routers;
  void keepPersisted(adapters.routers, { signal: stopping.signal });
  const stores = createPostgresStores({ url: settings.databaseUrl, logger });
  const connections = await connectToTemporal(logger, stopping.signal).catch((error: unknown) => {
    if (stopping.signal.aborted) return undefined;
    throw error;
  });
  // Told to stop before there was a server: nothing has begun that must end.
  if (!connections) return;
  const { native, client: connection, namespace } = connections;
  const client = new Client({ connection, namespace });
  const { deployments, events, observations } = stores;
  const prober = createProber({ programs });
  const ownership = createTemporalOwnership({ client: client.activity });
  const deps = { ...adapters, prober, deployments, events, observations, clock: systemClock, ownership, logger };
  keepSwept(settings.stagingFolder);
  const sources = createSources({ secrets, programs, stagingFolder: settings.stagingFolder });
  const data = {
    ...deps, ...createRepositories(settings.operator.repositories, { secrets, programs }), stores, source: sources.of, programs, leaseTtlMs: settings.leaseTtlMs, newId: ulid,
  };
  const watch = createWatchActivities({
    // As Temporal calls it too.
    worker: `${process.pid}@${hostname()}`, routers: adapters.router, metricSource: adapters.metricSource, prober, events, observations, clock: systemClock,
    ownership, reportShift: createReportShift(client), reportPersistence: createReportPersistence(client), logger: Runtime.instance().logger,
  });
  const keeper = createKeeperActivities({
    routers: Object.keys(settings.operator.routers),
    router: (name) => {
      const declared = Object.hasOwn(settings.operator.routers, name) ? settings.operator.routers[name] : undefined;
      return declared && { router: adapters.router(name), onDrift: declared.onDrift };
    },
    target: adapters.target, notifier: adapters.notifier, receivers: receiversOf(stores.services), prober, lock: createTemporalLock(client), stores, clock: systemClock, logger,
  });
  const workers = await createWorkers({
    connection: native, namespace, site: settings.site, workflowBundle: { codePath: WORKFLOW_BUNDLE },
    activities: {
      records: { ...createRecordActivities(deps), ...createCatalogueActivities(data) },
      traffic: { ...createTrafficActivities(deps), ...createApplicationActivities(data) },
      watch: { ...watch, ...keeper },
      heavy: { ...createHeavyActivities(data), ...createMigrationActivities(data) },
      swap: createSwapActivities(data),
    },
    ...(settings.workerVersioning ? { versioning: settings.workerVersioning } : {}),
  });
  const running = Promise.all(workers.map((worker) => worker.run()));
  health.missing = null;
  logger.info({ site: settings.site }, 'polling');

  // A worker that ends by itself has failed: the process ends with it, and whoever supervises starts another.
  await Promise.race([aborted(stopping.signal), running]);
  health.missing = 'stopping';
  logger.info({}, 'stopping: watches hand over, other work has ten seconds');
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  await running;
  await Promise.all([native.close(), connection.close(), adapters.close(), stores.close(), guardian.close()]);
  server.close();
  logger.info({}, 'stopped');
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => { signal.addEventListener('abort', () => resolve(), { once: true }); });
}

/** Once, before any connection. Our own handling of signals: the runtime's would end the workers before we know. */
function installRuntime(logger: Logger): void {
  const levels: Record<LogLevel, 'info' | 'warn' | 'error' | undefined> = { TRACE: undefined, DEBUG: undefined, INFO: undefined, WARN: 'warn', ERROR: 'error' };
  Runtime.install({
    shutdownSignals: [],
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
      const name = levels[level];
      if (name) logger[name]({ ...meta }, message);
    }),
    telemetryOptions: { logging: { forward: {}, filter: 'WARN' } },
  });
}

await runProcess(main);
