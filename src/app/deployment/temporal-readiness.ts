import type { Client } from '@temporalio/client';
import { messageOf } from '../../domain/errors.js';
import { heavyQueue, swapQueue, trafficQueue, watchQueue, WORKFLOW_QUEUE } from '../../domain/task-queues.js';
import type { RunsReadiness } from './deployment-runs.js';

/** The protocol's numbers of the two kinds of task queue. */
const WORKFLOWS = 1;
const ACTIVITIES = 2;

/** A poll lasts up to a minute: who has not asked for longer is gone. */
const POLLER_SILENT_MS = 75_000;

interface Queue { readonly name: string; readonly type: typeof WORKFLOWS | typeof ACTIVITIES }

/** Asks the server whether it answers, and who polls the queues that deployments and backups need. */
export async function readTemporalReadiness(client: Client, sites: readonly string[], timeoutMs: number): Promise<RunsReadiness> {
  const queues: Queue[] = [
    { name: WORKFLOW_QUEUE, type: WORKFLOWS },
    { name: WORKFLOW_QUEUE, type: ACTIVITIES },
    ...sites.flatMap((site) => [trafficQueue(site), watchQueue(site), heavyQueue(site), swapQueue(site)].map((name): Queue => ({ name, type: ACTIVITIES }))),
  ];
  try {
    const polled = await client.withDeadline(Date.now() + timeoutMs, () => Promise.all(queues.map((queue) => isPolled(client, queue))));
    const idle = [...new Set(queues.filter((_, index) => polled[index] === false).map((queue) => queue.name))];
    return { temporal: null, workers: idle.length === 0 ? null : `no worker polls ${idle.join(', ')}` };
  } catch (error) {
    return { temporal: `the server does not answer: ${messageOf(error)}`, workers: 'unknown while the Temporal server does not answer' };
  }
}

async function isPolled(client: Client, { name, type }: Queue): Promise<boolean> {
  const { pollers } = await client.workflowService.describeTaskQueue({ namespace: client.options.namespace, taskQueue: { name }, taskQueueType: type });
  const oldest = Date.now() - POLLER_SILENT_MS;
  return (pollers ?? []).some((poller) => Number(poller.lastAccessTime?.seconds ?? 0) * 1_000 > oldest);
}
