import type { Benchmark, Measured, Room } from '../benchmark.js';
import { openEdge } from '../rig/edge.js';
import { openReaders } from '../rig/readers.js';
import { endsAs } from '../rig/services.js';
import { startStack } from '../rig/stack.js';
import { percentile } from '../samples.js';
import { abort, type Abort, bakingCanary, firstRelease } from './abort-to-zero.js';

const ROUNDS = 10;
const READERS = { waits: 500, streams: 200 };

/**
 * From `POST .../abort` until the HAProxy of the service shows the candidate without a share, while hundreds follow that deployment; and, by turns,
 * while nobody does. Every process is the real one.
 */
export const abortUnderReaders: Benchmark = { ids: ['abort-under-readers-p50-ms'], needs: ['haproxy'], run };

async function run(room: Room): Promise<readonly Measured[]> {
  room.say('starting Temporal, PostgreSQL, API, worker and HAProxy');
  const edge = await openEdge(room, { name: 'shop' });
  const stack = await startStack(room, [edge]);
  await stack.startWorker();
  await firstRelease(stack, edge);
  const alone: Abort[] = [];
  const followed: Abort[] = [];
  let failed = 0;
  for (let round = 1; round <= ROUNDS; round += 1) {
    room.say(`round ${round} of ${ROUNDS}`);
    const unfollowed = await bakingCanary(stack, edge);
    alone.push(await abort(stack, edge, unfollowed));
    await endsAs(stack.api, unfollowed, 'rolled-back');
    const id = await bakingCanary(stack, edge);
    const readers = await openReaders(room, stack, id, READERS);
    followed.push(await abort(stack, edge, id));
    await endsAs(stack.api, id, 'rolled-back');
    failed += readers.failed();
    await readers.leave();
  }
  const requestedOf = (aborts: readonly Abort[]) => aborts.map(({ fromRequestMs }) => fromRequestMs);
  const [requested, bare] = [requestedOf(followed), requestedOf(alone)];
  const answered = (aborts: readonly Abort[]) => percentile(aborts.map(({ answeredMs }) => answeredMs), 50);
  return [{
    id: 'abort-under-readers-p50-ms', value: percentile(requested, 50), unit: 'ms', n: followed.length, baseline: percentile(bare, 50),
    detail: {
      worst: percentile(requested, 100), 'worst without readers': percentile(bare, 100), 'p50 until the answer': answered(followed), 'p50 until the answer without readers': answered(alone),
      'readers turned away or cut': failed,
    },
  }];
}
