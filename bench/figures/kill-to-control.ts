import type { Benchmark, Measured, Room } from '../benchmark.js';
import { whenAtZero } from '../rig/admin.js';
import { openEdge } from '../rig/edge.js';
import { endsAs } from '../rig/services.js';
import { startStack } from '../rig/stack.js';
import { percentile } from '../samples.js';
import { bakingCanary, firstRelease } from './abort-to-zero.js';

const KILLS = 6;
const ZERO_WITHIN_MS = 60_000;

/**
 * From `kill -9` of the worker that runs the workflow and its watch, with an abort sent at the same moment, until the other worker has taken the
 * candidate's traffic back. The baseline is the same abort with nobody killed.
 */
export const killToControl: Benchmark = { ids: ['kill-to-control-p99-ms'], needs: ['haproxy'], run };

async function run(room: Room): Promise<readonly Measured[]> {
  room.say('starting Temporal, PostgreSQL, API and a worker');
  const edge = await openEdge(room, { name: 'shop' });
  const stack = await startStack(room, [edge]);
  let holder = await stack.startWorker();
  await firstRelease(stack, edge);
  const aborted = async (id: string): Promise<number> => {
    const began = performance.now();
    const [zeroAt] = await Promise.all([whenAtZero(edge.haproxy, ZERO_WITHIN_MS), stack.api.call('POST', `/deployments/${id}/abort`, {})]);
    await endsAs(stack.api, id, 'rolled-back');
    return zeroAt - began;
  };
  const killed: number[] = [];
  const undisturbed: number[] = [];
  for (let round = 1; round <= KILLS; round += 1) {
    room.say(`kill ${round} of ${KILLS}`);
    undisturbed.push(await aborted(await bakingCanary(stack, edge)));
    // It polls from now on; what began before stays with the holder.
    const id = await bakingCanary(stack, edge);
    const survivor = await stack.startWorker();
    const gone = holder.end('SIGKILL');
    killed.push(await aborted(id));
    await gone;
    holder = survivor;
  }
  return [{
    id: 'kill-to-control-p99-ms', value: percentile(killed, 99), unit: 'ms', n: killed.length, baseline: percentile(undisturbed, 99),
    detail: { p50: percentile(killed, 50), least: percentile(killed, 0), 'undisturbed p50': percentile(undisturbed, 50) },
  }];
}
