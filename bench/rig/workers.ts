import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { createRecordActivities, createTrafficActivities } from '../../src/activities/deployment/deployment-activities.js';
import { systemClock } from '../../src/activities/watch/clock.js';
import { createWatchActivities } from '../../src/activities/watch/create-watch-activities.js';
import { createTemporalOwnership } from '../../src/activities/watch/temporal-ownership.js';
import { createFakeMetricSource } from '../../src/metrics/fake-metric-source.js';
import { createFakeNotifier } from '../../src/notifiers/fake-notifier.js';
import type { Prober } from '../../src/probes/probe.js';
import type { Router } from '../../src/routers/router.js';
import { createMemoryStores } from '../../src/store/memory/memory-stores.js';
import type { Stores } from '../../src/store/stores.js';
import type { Target } from '../../src/targets/target.js';
import { createReportPersistence } from '../../src/worker/report-persistence.js';
import { createReportShift } from '../../src/worker/report-shift.js';
import { createWorkers } from '../../src/worker/start-workers.js';
import type { Room } from '../benchmark.js';
import { WORKFLOW_BUNDLE } from './temporal.js';

export interface WorkersOptions {
  readonly address: string;
  readonly router: (name: string) => Router;
  readonly target: (name: string) => Target;
  readonly prober: Prober;
}

export interface RunningWorkers {
  readonly client: Client;
  readonly stores: Stores;
}

/** Once a process, before any connection. */
export function quietRuntime(): void {
  Runtime.install({ shutdownSignals: [], logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'OFF', forward: {} } } });
}

/** The workers of the product in this process, so that a clock can stand beside its routers. Records are kept in memory. */
export async function startWorkers(room: Room, { address, router, target, prober }: WorkersOptions): Promise<RunningWorkers> {
  const stores = createMemoryStores();
  const [connection, native] = await Promise.all([Connection.connect({ address }), NativeConnection.connect({ address })]);
  const client = new Client({ connection });
  const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const { deployments, events, observations } = stores;
  const ownership = createTemporalOwnership({ client: client.activity });
  const deps = { router, target, prober, deployments, events, observations, notifier: createFakeNotifier, clock: systemClock, ownership, logger };
  const watch = createWatchActivities({
    worker: String(process.pid),
    routers: router, prober, metricSource: createFakeMetricSource, events, observations, clock: systemClock,
    ownership, reportShift: createReportShift(client), reportPersistence: createReportPersistence(client), logger,
  });
  const workers = await createWorkers({
    connection: native, namespace: 'default', site: 'default', workflowBundle: { codePath: WORKFLOW_BUNDLE },
    activities: { records: createRecordActivities(deps), traffic: createTrafficActivities(deps), watch },
  });
  const running = Promise.all(workers.map((worker) => worker.run()));
  room.later(async () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    await running;
    await Promise.all([connection.close(), native.close()]);
  });
  return { client, stores };
}
