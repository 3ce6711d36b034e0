import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import type { Room } from '../benchmark.js';

const QUEUE = 'bench-empty';

/** @returns what sends one update to a workflow that does nothing, and waits for the answer */
export async function bareUpdate(room: Room, address: string): Promise<() => Promise<void>> {
  const [native, connection] = await Promise.all([NativeConnection.connect({ address }), Connection.connect({ address })]);
  const workflowsPath = fileURLToPath(new URL('./empty-workflow.js', import.meta.url));
  const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  const worker = await Worker.create({ connection: native, taskQueue: QUEUE, workflowBundle });
  const running = worker.run();
  const handle = await new Client({ connection }).workflow.start('emptyWorkflow', { taskQueue: QUEUE, workflowId: QUEUE, args: [] });
  room.later(async () => {
    await handle.terminate();
    worker.shutdown();
    await running;
    await Promise.all([native.close(), connection.close()]);
  });
  return () => handle.executeUpdate('ping');
}
