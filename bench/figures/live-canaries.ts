import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { programEnvironment } from '../../src/programs/program-environment.js';
import type { Benchmark, Measured, Room } from '../benchmark.js';
import { useOfTree } from '../rig/process-tree.js';
import { startTemporal } from '../rig/temporal.js';
import { waitFor } from '../rig/wait.js';
import type { LiveAnswer, LiveCommand } from '../rig/live-worker.js';

const CANARIES = 200;
/** Started at a time: what a team does in a minute, not what breaks a dev server. */
const AT_ONCE = 20;
const START_WITHIN_MS = 90_000;
const ANSWER_WITHIN_MS = 60_000;
/** Time in which every one of them must have been watched. */
const WATCHED_MS = 5_000;

/**
 * Canaries in a bake of an hour on one worker, all watched each second, and the memory of that worker's process. Routers, targets and instances are
 * the shipped fakes in the worker itself, records are kept in its memory. The baseline is the worker before the first one.
 */
export const liveCanaries: Benchmark = { ids: ['live-canaries', 'worker-rss-mb-at-live'], needs: [], run };

async function run(room: Room): Promise<readonly Measured[]> {
  room.say('starting Temporal and a worker');
  const { address } = await startTemporal(room);
  const worker = await startWorker(room, address);
  const empty = await useOfTree(worker.pid);
  await startAll(room, worker);
  const since = Date.now();
  const before = await useOfTree(worker.pid);
  await sleep(WATCHED_MS);
  const after = await useOfTree(worker.pid);
  const { live } = await worker.ask({ since });
  const cpuPercent = (100 * (after.cpuSeconds - before.cpuSeconds)) / (WATCHED_MS / 1_000);
  return [
    { id: 'live-canaries', value: live, unit: 'canaries', n: 1, detail: { started: CANARIES, 'worker % of a core': cpuPercent } },
    { id: 'worker-rss-mb-at-live', value: after.rssMb, unit: 'MiB', n: 1, baseline: empty.rssMb, detail: { 'KiB a canary': ((after.rssMb - empty.rssMb) * 1024) / Math.max(1, live) } },
  ];
}

/** In small lots, so that it is the worker that is measured and not a queue; ends early when the machine is too slow for all of them. */
async function startAll(room: Room, worker: LiveWorker): Promise<void> {
  const deadline = performance.now() + START_WITHIN_MS;
  for (let started = 0; started < CANARIES && performance.now() < deadline; started += AT_ONCE) {
    await worker.ask({ start: Array.from({ length: AT_ONCE }, (_, index) => `shop-${started + index + 1}`) });
    await waitFor('a lot bakes', async () => (await worker.ask({ since: 0 })).live >= started + AT_ONCE, START_WITHIN_MS);
    room.say(`${started + AT_ONCE} of ${CANARIES} bake`);
  }
}

interface LiveWorker {
  readonly pid: number;
  /** One question at a time. */
  ask(command: LiveCommand): Promise<LiveAnswer>;
}

async function startWorker(room: Room, address: string): Promise<LiveWorker> {
  const program = fileURLToPath(new URL('../rig/live-worker.js', import.meta.url));
  const child = fork(program, [address], { env: programEnvironment(process.env), stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  room.later(async () => void child.kill('SIGKILL'));
  // It sends nothing but answers.
  const answer = async (): Promise<LiveAnswer> => ((await once(child, 'message', { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })) as [LiveAnswer])[0];
  await answer();
  return {
    pid: child.pid ?? 0,
    ask(command) {
      const answered = answer();
      child.send(command);
      return answered;
    },
  };
}
