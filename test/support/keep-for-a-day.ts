import type { WorkflowHandle } from '@temporalio/client';
import { Context } from '@temporalio/activity';
import { NativeConnection, Worker } from '@temporalio/worker';
import { watchQueue } from '../../src/domain/task-queues.js';
import type { Delivery } from './delivery.js';
import { until } from './until.js';

export interface KeptDay {
  /** The run that ended after a day. */
  readonly first: WorkflowHandle;
  /** How often the activity ran until then. */
  readonly hours: number;
  /** Whether another run goes on. */
  readonly goesOn: boolean;
}

/** A keeper whose hours take no time, until its history has begun anew. */
export async function keepForADay(delivery: Delivery): Promise<KeptDay> {
  const site = `${delivery.site}-day`;
  const native = await NativeConnection.connect({ address: process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS'] ?? '' });
  let hours = 0;
  // From the first hour of the second day on it lasts, so that the days end.
  const keep = async (): Promise<{ rounds: number }> => {
    hours += 1;
    if (hours > 24) await Context.current().cancelled;
    return { rounds: 720 };
  };
  const worker = await Worker.create({ connection: native, taskQueue: watchQueue(site), activities: { keep } });
  const running = worker.run();
  const started = await delivery.startKeeper(site);
  const first = delivery.client.workflow.getHandle(started.workflowId, (await started.describe()).runId);
  const goesOn = await until(async () => hours > 24, 30_000);
  await delivery.client.workflow.getHandle(started.workflowId).terminate();
  worker.shutdown();
  await running;
  await native.close();
  return { first, hours: hours - 1, goesOn };
}
