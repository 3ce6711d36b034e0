import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from '../../domain/errors.js';
import { groupRuns } from '../../programs/process-group.js';
import type { Part } from './part.js';
import { programPart, type ProcessTracker } from './program-part.js';
import { supervise, type Supervisor } from './supervisor.js';

const STAYS_UP = "console.log('up'); setInterval(() => {}, 1000);";
const never = new AbortController().signal;

describe('the supervisor', () => {
  let folder = '';
  let supervisor: Supervisor | undefined;
  const spawned: { name: string; pid: number }[] = [];
  const said: string[] = [];

  async function part(name: string, script: string, ready: () => Promise<boolean> = async () => true): Promise<Part> {
    folder ||= await mkdtemp(join(tmpdir(), 'slipway-supervisor-'));
    const tracker: ProcessTracker = { spawned: (pid) => void spawned.push({ name, pid }), ended: () => undefined };
    return programPart({
      name, command: [process.execPath, '-e', script], env: { PATH: process.env['PATH'] }, cwd: folder, logFile: join(folder, `${name}.log`),
      isReady: ready, readyTimeoutMs: 5_000, graceMs: 2_000, tracker,
    });
  }

  async function start(...stages: Part[][]): Promise<void> {
    supervisor = await supervise(stages, () => ({ say: (line) => void said.push(line), firstBackoffMs: 10 }), never);
  }

  afterEach(async () => {
    await supervisor?.stop();
    supervisor = undefined;
    expect(spawned.filter(({ pid }) => groupRuns(pid))).toEqual([]);
    spawned.length = 0;
    said.length = 0;
    if (folder !== '') await rm(folder, { recursive: true, force: true });
    folder = '';
  });

  it('starts a stage only when the one before is ready', async () => {
    let firstReady = false;
    const first = await part('first', STAYS_UP, async () => {
      await sleep(100);
      firstReady = true;
      return true;
    });
    const second = await part('second', STAYS_UP);
    const order: boolean[] = [];
    await start([first], [{ name: 'second', start: (signal) => { order.push(firstReady); return second.start(signal); } }]);
    expect(order).toEqual([true]);
  });

  it('starts what was killed again and says why', async () => {
    await start([await part('worker', STAYS_UP)]);
    process.kill(spawned[0]?.pid ?? 0, 'SIGKILL');
    await until(() => said.some((line) => line === 'worker is back'));
    expect(said[0]).toContain('SIGKILL');
    expect(spawned).toHaveLength(2);
  });

  it('keeps trying what ends at once', async () => {
    let good = true;
    const flaky = await part('flaky', STAYS_UP);
    const dead = await part('flaky', 'process.exit(3)', async () => false);
    await start([{ name: 'flaky', start: (signal) => (good ? flaky : dead).start(signal) }]);
    good = false;
    process.kill(spawned[0]?.pid ?? 0, 'SIGKILL');
    await until(() => said.filter((line) => line.includes('does not come up')).length >= 2);
    good = true;
    await until(() => said.includes('flaky is back'));
  });

  it('refuses a stack with a part that does not come up, shows its last words, and stops the others', async () => {
    const broken = await part('broken', "console.error('no such file: config'); process.exit(2)", async () => false);
    const starting = start([await part('base', STAYS_UP)], [await part('slow', STAYS_UP, async () => false), broken]);
    await expect(starting).rejects.toMatchObject({ code: 'PROCESS_FAILED', message: expect.stringContaining('no such file: config') });
  });

  it('gives up a part that is never ready', async () => {
    const deaf: Part = programPart({
      name: 'deaf', command: [process.execPath, '-e', STAYS_UP], env: {}, cwd: tmpdir(), logFile: join(tmpdir(), `deaf-${process.pid}.log`),
      isReady: async () => false, readyTimeoutMs: 200, graceMs: 1_000, tracker: { spawned: (pid) => void spawned.push({ name: 'deaf', pid }), ended: () => undefined },
    });
    const error: unknown = await start([deaf]).catch((cause: unknown) => cause);
    await rm(join(tmpdir(), `deaf-${process.pid}.log`), { force: true });
    expect(codeOf(error)).toBe('PROCESS_FAILED');
  });

  it('makes a part that ignores the request to end do so', async () => {
    await start([await part('stubborn', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)", async () => true)]);
    await supervisor?.stop();
    expect(groupRuns(spawned[0]?.pid ?? 0)).toBe(false);
  });

  it('keeps what is printed after a part is gone', async () => {
    const heir = "setTimeout(() => { for (let n = 0; n < 50; n += 1) console.log('late', n); }, 50)";
    const leaves = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(heir)}], { stdio: 'inherit' }); process.kill(process.pid, 'SIGKILL')`;
    let first = true;
    const [dies, stays] = [await part('worker', leaves), await part('worker', STAYS_UP)];
    await start([{ name: 'worker', start: (signal) => { const one = first ? dies : stays; first = false; return one.start(signal); } }]);
    await until(async () => (await readFile(join(folder, 'worker.log'), 'utf8').catch(() => '')).includes('late 49\n'));
    await until(() => said.includes('worker is back'));
    await until(() => !groupRuns(spawned[0]?.pid ?? 0));
  });

  it('keeps what a part prints in its log', async () => {
    await start([await part('talker', STAYS_UP)]);
    await until(async () => (await readFile(join(folder, 'talker.log'), 'utf8').catch(() => '')).includes('up\n'));
  });
});

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 25_000; Date.now() < deadline; await sleep(20)) if (await holds()) return;
  throw new Error('the condition did not come to hold within 25 s');
}
