import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const server = fileURLToPath(new URL('./server.mjs', import.meta.url));

describe('the example service', () => {
  const started: ChildProcess[] = [];

  async function start(env: Record<string, string> = {}): Promise<{ url: string; process: ChildProcess }> {
    const child = spawn(process.execPath, [server], { env: { PATH: process.env['PATH'], PORT: '0', ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
    started.push(child);
    for await (const line of createInterface({ input: child.stdout })) {
      const port = /port (\d+)$/.exec(line)?.[1];
      if (port !== undefined) return { url: `http://127.0.0.1:${port}`, process: child };
    }
    throw new Error('the service ended before it listened');
  }

  const chaos = (url: string, change: unknown) => fetch(`${url}/chaos`, { method: 'POST', body: JSON.stringify(change) });
  const statuses = async (url: string, n: number) => {
    const seen: number[] = [];
    for (let i = 0; i < n; i += 1) seen.push((await fetch(url)).status);
    return seen;
  };

  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });

  it('says which version answered', async () => {
    const { url } = await start({ SLIPWAY_VERSION: 'v2' });
    const answer = await fetch(url);
    expect(answer.headers.get('x-version')).toBe('v2');
    expect(await answer.json()).toMatchObject({ version: 'v2' });
  });

  it('fails one request in three as v3, and stays healthy', async () => {
    const { url } = await start({ SLIPWAY_VERSION: 'v3' });
    expect((await statuses(url, 30)).filter((status) => status === 500)).toHaveLength(10);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('changes its behaviour while it runs', async () => {
    const { url } = await start();
    expect((await chaos(url, { errorRate: 1, healthy: false })).status).toBe(200);
    expect(await statuses(url, 2)).toEqual([500, 500]);
    expect((await fetch(`${url}/healthz`)).status).toBe(503);
  });

  it.each([{ errorRate: 2 }, { latencyMs: -1 }, { unknown: 1 }, { healthy: 'no' }, { errorRate: '1' }])('refuses a behaviour that is none: %j', async (change) => {
    const { url } = await start();
    expect((await chaos(url, change)).status).toBe(400);
    expect(await statuses(url, 1)).toEqual([200]);
  });

  it('is not healthy before its slow start is over', async () => {
    const { url } = await start({ SLOW_START_MS: '600' });
    expect((await fetch(`${url}/healthz`)).status).toBe(503);
    for (const deadline = Date.now() + 5_000; (await fetch(`${url}/healthz`)).status !== 200; await sleep(50)) expect(Date.now()).toBeLessThan(deadline);
  });

  it('counts what it answered by status', async () => {
    const { url } = await start({ SLIPWAY_VERSION: 'v3' });
    await statuses(url, 6);
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toContain('storefront_requests_total{version="v3",status="500"} 2');
    expect(text).toContain('storefront_request_seconds_count{version="v3"} 6');
  });

  it('finishes what it has begun when it is asked to end, unhealthy meanwhile', async () => {
    const { url, process: child } = await start({ LATENCY_MS: '800', CLOSE_DELAY_MS: '300' });
    const begun = fetch(url);
    await sleep(100);
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    for (const deadline = Date.now() + 250; Date.now() < deadline; await sleep(20)) if ((await fetch(`${url}/healthz`)).status === 503) break;
    expect((await fetch(`${url}/healthz`)).status).toBe(503);
    expect((await begun).status).toBe(200);
    expect((await gone)[0]).toBe(0);
  });

  describe('with a folder for its orders', () => {
    let home = '';
    const orders = () => join(home, 'orders');
    const place = (url: string, body = '{"cents": 100}') => fetch(`${url}/orders`, { method: 'POST', body });
    const summary = async (url: string) => z.object({ count: z.number(), checksum: z.string() }).parse(await (await fetch(`${url}/orders`)).json());

    beforeEach(async () => {
      home = await mkdtemp(join(tmpdir(), 'storefront-orders-'));
      await mkdir(join(home, 'orders.1'));
      await symlink('orders.1', orders());
    });
    afterEach(() => rm(home, { recursive: true, force: true }));

    it('keeps each order as a file, and leaves no half of one behind', async () => {
      const { url } = await start({ ORDERS_FOLDER: orders() });
      const answer = await place(url, '{"cents": 1250, "id": "mine"}');
      expect(answer.status).toBe(201);
      const { id } = z.object({ id: z.string() }).parse(await answer.json());
      expect(JSON.parse(await readFile(join(orders(), `${id}.json`), 'utf8'))).toMatchObject({ id, cents: 1250 });
      expect(await readdir(join(home, 'orders.incoming'))).toEqual([]);
    });

    it('counts its orders, and sees when one is changed or gone', async () => {
      const { url } = await start({ ORDERS_FOLDER: orders() });
      for (let placed = 0; placed < 3; placed += 1) await place(url);
      const before = await summary(url);
      expect(before).toEqual({ count: 3, checksum: expect.stringMatching(/^[0-9a-f]{64}$/) });
      expect(await summary(url)).toEqual(before);
      await rm(join(orders(), (await readdir(orders()))[0] ?? ''));
      expect(await summary(url)).toMatchObject({ count: 2, checksum: expect.not.stringContaining(before.checksum) });
    });

    it('follows the link when it leads elsewhere', async () => {
      const { url } = await start({ ORDERS_FOLDER: orders() });
      await place(url);
      await mkdir(join(home, 'orders.2'));
      await symlink('orders.2', join(home, 'next'));
      await rename(join(home, 'next'), orders());
      expect(await summary(url)).toMatchObject({ count: 0 });
      await place(url);
      expect(await readdir(join(home, 'orders.2'))).toHaveLength(1);
      expect(await readdir(join(home, 'orders.1'))).toHaveLength(1);
    });

    it.each(['no json', '[]', 'null', `"${'x'.repeat(20_000)}"`])('refuses what is no order: %.20s', async (body) => {
      const { url } = await start({ ORDERS_FOLDER: orders() });
      expect((await place(url, body)).status).toBe(400);
      expect(await summary(url)).toMatchObject({ count: 0 });
    });

    it('answers 500 when the folder is gone', async () => {
      const { url } = await start({ ORDERS_FOLDER: join(home, 'nowhere') });
      expect([(await place(url)).status, (await fetch(`${url}/orders`)).status]).toEqual([500, 500]);
    });
  });

  it('takes no orders without a folder for them', async () => {
    const { url } = await start();
    expect((await fetch(`${url}/orders`, { method: 'POST', body: '{}' })).status).toBe(404);
  });
});
