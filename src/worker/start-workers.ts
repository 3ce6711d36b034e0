import { Worker, type NativeConnection, type WorkerDeploymentOptions, type WorkerOptions } from '@temporalio/worker';
import { ENTITIES_QUEUE, heavyQueue, swapQueue, trafficQueue, watchQueue, WORKFLOW_QUEUE } from '../domain/task-queues.js';

export interface WorkersOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly site: string;
  readonly workflowBundle: { readonly codePath: string } | { readonly code: string };
  /** Whoever has none for backups or swaps takes nothing from those queues. */
  readonly activities: { readonly records: object; readonly traffic: object; readonly watch: object; readonly heavy?: object; readonly swap?: object };
  /** Off unless given: without a current version nothing would be dispatched. */
  readonly versioning?: { readonly buildId: string; readonly deployment: string };
  /** @default `slipway` */
  readonly workflowQueue?: string;
  /** @default `slipway-entities` */
  readonly entitiesQueue?: string;
}

/** Live watches of one worker; each holds its slot for as long as a candidate has traffic. */
const WATCH_SLOTS = 2_000;
/** Backups and restores at a time: each keeps disks and cores busy. */
const HEAVY_SLOTS = 4;
/** More than there are restores at a time: none waits for another. */
const SWAP_SLOTS = 20;

/** One keeper a site, and another where several sites share a queue. */
const CACHED_ENTITIES = 20;

/**
 * The six workers of a process, a queue each: sequences and records, workflows that live for ever, traffic, watches with the keeper, backups, swaps.
 * A watch hands over at once on shutdown, other work gets ten seconds.
 */
export async function createWorkers(options: WorkersOptions): Promise<readonly Worker[]> {
  const { connection, namespace, site, workflowBundle, activities, workflowQueue = WORKFLOW_QUEUE, entitiesQueue = ENTITIES_QUEUE } = options;
  const common: Omit<WorkerOptions, 'taskQueue'> = {
    connection, namespace, shutdownGraceTime: '10s', shutdownForceTime: '15s', maxHeartbeatThrottleInterval: '500ms', ...versioningOf(options.versioning, 'PINNED'),
  };
  return Promise.all([
    Worker.create({
      ...common, taskQueue: workflowQueue, workflowBundle, activities: activities.records, maxCachedWorkflows: 500,
      // A run whose worker has died is taken over this soon.
      stickyQueueScheduleToStartTimeout: '250ms',
    }),
    Worker.create({
      ...common, ...versioningOf(options.versioning, 'AUTO_UPGRADE'), taskQueue: entitiesQueue, workflowBundle, maxCachedWorkflows: CACHED_ENTITIES,
      stickyQueueScheduleToStartTimeout: '250ms',
    }),
    Worker.create({ ...common, taskQueue: trafficQueue(site), activities: activities.traffic, maxConcurrentActivityTaskExecutions: 100 }),
    Worker.create({
      ...common, taskQueue: watchQueue(site), activities: activities.watch, maxConcurrentActivityTaskExecutions: WATCH_SLOTS, shutdownGraceTime: 0,
    }),
    ...(activities.heavy ? [Worker.create({ ...common, taskQueue: heavyQueue(site), activities: activities.heavy, maxConcurrentActivityTaskExecutions: HEAVY_SLOTS })] : []),
    ...(activities.swap ? [Worker.create({ ...common, taskQueue: swapQueue(site), activities: activities.swap, maxConcurrentActivityTaskExecutions: SWAP_SLOTS })] : []),
  ]);
}

function versioningOf(versioning: WorkersOptions['versioning'], defaultVersioningBehavior: 'PINNED' | 'AUTO_UPGRADE'): { workerDeploymentOptions?: WorkerDeploymentOptions } {
  if (!versioning) return {};
  const { buildId, deployment } = versioning;
  // As the worker's default, not a workflow's own option: a server refuses the tasks of a workflow that asks for it while versioning is off.
  return { workerDeploymentOptions: { useWorkerVersioning: true, version: { deploymentName: deployment, buildId }, defaultVersioningBehavior } };
}
