import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkoutFolder } from '../../src/dev/checkout.js';
import { answersOk } from '../../src/dev/parts/answers-ok.js';
import { startGuardian } from '../../src/programs/guardian.js';
import { endGroup } from '../../src/programs/process-group.js';
import { programEnvironment } from '../../src/programs/program-environment.js';
import type { Benchmark, Measured, Room } from '../benchmark.js';
import { freePortBase } from '../rig/free-port-base.js';
import { useOfTree } from '../rig/process-tree.js';
import { waitFor } from '../rig/wait.js';

/** What a start leaves to do is done by then. */
const SETTLE_MS = 10_000;
const MEASURED_MS = 20_000;
const READY_WITHIN_MS = 120_000;
const GRACE_MS = 30_000;

/** `npm start -- --no-demo` with nothing to do, npm itself and every process below it: memory after a while, processor time over a while. */
export const idle: Benchmark = { ids: ['idle-rss-mb', 'idle-cpu-percent'], needs: ['npm'], run };

async function run(room: Room): Promise<readonly Measured[]> {
  if (process.platform !== 'linux') throw new Error('the use of a process tree is read from /proc, which this system does not have');
  room.say('npm start -- --no-demo');
  const npm = await startStack(room);
  room.say(`idle for ${(SETTLE_MS + MEASURED_MS) / 1_000} s`);
  await sleep(SETTLE_MS);
  const [before, beganAt] = [await useOfTree(npm), performance.now()];
  await sleep(MEASURED_MS);
  const [after, endedAt] = [await useOfTree(npm), performance.now()];
  const percent = (100 * (after.cpuSeconds - before.cpuSeconds)) / ((endedAt - beganAt) / 1_000);
  return [
    { id: 'idle-rss-mb', value: after.rssMb, unit: 'MiB', n: 1, detail: { 'shared pages counted once': after.pssMb, processes: after.processes } },
    { id: 'idle-cpu-percent', value: percent, unit: '% of a core', n: 1, detail: { 'over s': MEASURED_MS / 1_000 } },
  ];
}

/** @returns the process id of npm, once API and worker are ready */
async function startStack(room: Room): Promise<number> {
  const base = await freePortBase();
  const args = ['start', '--', '--no-demo', '--state-dir', join(room.folder, 'state'), '--port-base', String(base)];
  const guardian = startGuardian();
  const child = spawn('npm', args, { cwd: checkoutFolder(), env: programEnvironment(process.env), detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => void said.push(chunk.toString()));
  const pid = child.pid ?? 0;
  guardian.watch(pid);
  room.later(async () => {
    await endGroup(pid, GRACE_MS);
    await guardian.close();
  });
  await waitFor('the stack is up', async () => {
    if (child.exitCode !== null) throw new Error(`npm start ended: ${said.join('').slice(-1_000)}`);
    return answersOk(`http://127.0.0.1:${base + 2}/readyz`, AbortSignal.timeout(READY_WITHIN_MS));
  }, READY_WITHIN_MS);
  return pid;
}
