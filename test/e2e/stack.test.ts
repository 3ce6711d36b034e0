import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { backupHasEnded } from '../../src/domain/backup/backup-state.js';
import { createApiClient } from '../../src/dev/demo/api-client.js';
import { damageOrders } from '../../src/dev/demo/damage-orders.js';
import { demoDefinition } from '../../src/dev/demo/demo-definition.js';
import { restoreIsOver } from '../../src/dev/demo/restore-over.js';
import { planPorts, type StackPorts } from '../../src/dev/ports.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const main = join(root, 'dist/src/dev/main.js');

interface StartedStack {
  readonly process: ChildProcess;
  readonly ports: StackPorts;
  readonly base: number;
  readonly output: () => string;
}

/** 110 free ports in a row, away from those that the system gives out. */
async function freeBase(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const base = 10_000 + Math.floor(Math.random() * 90) * 110;
    if ((await Promise.all(Array.from({ length: 12 }, (_, offset) => isFree(base + offset)))).every(Boolean)) return base;
  }
  throw new Error('no room for the ports of a stack');
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  const free = await Promise.race([once(server, 'listening').then(() => true), once(server, 'error').then(() => false)]).catch(() => false);
  server.close();
  return free;
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(1_000) });
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function until(what: string, holds: () => boolean | Promise<boolean>, withinMs: number, output = () => ''): Promise<void> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(50)) if (await holds()) return;
  throw new Error(`not within ${withinMs / 1_000} s: ${what}\n${output()}`);
}

describe('the embedded stack', () => {
  const started: StartedStack[] = [];
  let folder = '';

  async function start(base?: number): Promise<StartedStack> {
    if (!existsSync(main)) throw new Error('dist is missing: run `npm run build` first, or the whole of `npm test`');
    folder ||= await mkdtemp(join(tmpdir(), 'slipway-stack-'));
    const from = base ?? (await freeBase());
    let output = '';
    const child = spawn(process.execPath, [main, '--no-demo', '--state-dir', folder, '--port-base', String(from)], {
      cwd: folder, env: { PATH: process.env['PATH'], HOME: process.env['HOME'] }, stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { output += String(chunk); });
    const stack = { process: child, ports: planPorts(from), base: from, output: () => output };
    started.push(stack);
    return stack;
  }

  async function stop({ process: child }: StartedStack): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  }

  const ready = (stack: StartedStack) => until('ready', () => /router +nothing deployed/.test(stack.output()), 60_000, stack.output);
  const partPorts = ({ instances: _, ...ports }: StackPorts) => Object.values(ports);
  const allDeaf = async (ports: StackPorts) => (await Promise.all(partPorts(ports).map(answers))).every((answered) => !answered);
  const pidOf = async (part: string): Promise<number> => JSON.parse(await readFile(join(folder, 'stack', `${part}.json`), 'utf8')).pid;

  async function end(): Promise<void> {
    const stacks = started.splice(0);
    await Promise.all(stacks.map(stop));
    for (const { ports } of stacks) await until('no port is held', () => allDeaf(ports), 15_000);
    await rm(folder, { recursive: true, force: true });
    folder = '';
  }

  describe('that is up', () => {
    let stack: StartedStack;
    beforeAll(async () => {
      stack = await start();
      await ready(stack);
    }, 60_000);
    afterAll(end, 60_000);

    it('keeps its secrets to its owner, and answers', async () => {
      const key = (await readFile(join(folder, 'admin-key'), 'utf8')).trim();
      expect(stack.output()).toContain(key);
      expect((await stat(join(folder, 'admin-key'))).mode & 0o777).toBe(0o600);
      const answer = await fetch(`http://127.0.0.1:${stack.ports.api}/readyz`);
      expect(answer.status).toBe(200);
    }, 30_000);

    it('refuses a second one on its folder, and one on its ports', async () => {
      const run = (args: readonly string[]): string => {
        try {
          execFileSync(process.execPath, [main, '--no-demo', ...args], { cwd: folder, env: { PATH: process.env['PATH'] }, stdio: 'pipe', timeout: 20_000 });
          return 'started';
        } catch (error) {
          return typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr).trim().split(':')[0] ?? '' : '';
        }
      };
      expect(run(['--state-dir', folder, '--port-base', String(stack.base + 200)])).toBe('STATE_DIR_IN_USE');
      expect(run(['--state-dir', join(folder, 'another'), '--port-base', String(stack.base)])).toBe('PORT_TAKEN');
    }, 120_000);

    it('brings the orders of the example back', async () => {
      const orders = join(folder, 'storefront', 'orders');
      const contents = async () => Promise.all((await readdir(orders)).sort().map(async (name) => [name, await readFile(join(orders, name), 'utf8')]));
      for (let number = 10; number < 40; number += 1) await writeFile(join(orders, `order-${number}.json`), `{"cents":${number}}\n`);
      const before = await contents();
      const key = (await readFile(join(folder, 'admin-key'), 'utf8')).trim();
      const api = createApiClient(`http://127.0.0.1:${stack.ports.api}`, key, AbortSignal.timeout(60_000));
      await api.putService('storefront', await demoDefinition(root, orders));
      const backup = await api.backUp({ service: 'storefront', environment: 'demo', source: 'orders', reason: 'test' });
      await until('the backup ends', async () => backupHasEnded((await api.backup(backup)).phase), 30_000);
      expect(await api.backup(backup)).toMatchObject({ phase: 'succeeded', state: 'verified', fingerprint: { items: 30 } });
      await damageOrders(orders);
      expect(await contents()).not.toEqual(before);
      const restore = await api.restore({ backup, swap: true, reason: 'test' });
      await until('the restore is over', async () => restoreIsOver(await api.restoreOf(restore)), 30_000);
      expect(await api.restoreOf(restore)).toMatchObject({ phase: 'keeping', live: 'restored', proof: { equal: true } });
      expect(await contents()).toEqual(before);
    }, 150_000);

    it('starts a part that was killed again', async () => {
      const before = await pidOf('worker');
      process.kill(before, 'SIGKILL');
      await until('the worker is back', () => stack.output().includes('worker is back'), 60_000, stack.output);
      expect(stack.output()).toMatch(/worker ended \(SIGKILL\)/);
      expect(await pidOf('worker')).not.toBe(before);
    }, 120_000);

    it('stops in order on SIGTERM', async () => {
      stack.process.kill('SIGTERM');
      await once(stack.process, 'exit');
      expect(stack.process.exitCode).toBe(0);
      expect(await allDeaf(stack.ports)).toBe(true);
      expect(await readdir(join(folder, 'stack'))).toEqual([]);
    }, 60_000);
  });

  describe('that is killed', () => {
    afterEach(end, 60_000);

    it('leaves no orphan when it is killed, and the next start goes on with its state', async () => {
      const first = await start();
      await ready(first);
      const key = await readFile(join(folder, 'admin-key'), 'utf8');
      first.process.kill('SIGKILL');
      await until('every port is free', () => allDeaf(first.ports), 15_000);
      const second = await start(first.base);
      await ready(second);
      expect(await readFile(join(folder, 'admin-key'), 'utf8')).toBe(key);
    }, 120_000);
  });
});
