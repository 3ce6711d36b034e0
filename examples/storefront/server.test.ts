import { afterEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

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
});
