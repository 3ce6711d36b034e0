import { afterEach, describe, expect, it } from '@jest/globals';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFakeRouter } from '../routers/fake/fake-router.js';
import { startHealthServer, type WorkerHealth } from './health-server.js';

let server: Server | undefined;
afterEach(() => { server?.close(); });

/** Its address as the system reports it. */
async function started(host: string, health: Partial<WorkerHealth> = {}): Promise<AddressInfo> {
  server = await startHealthServer({ host, port: 0 }, { missing: null, ...health });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A server that listens has an address.');
  return address;
}

describe('the health of a worker', () => {
  it.each(['127.0.0.1', '0.0.0.0'])('is told on %s where it is told to', async (host) => {
    const { address, port } = await started(host);
    expect(address).toBe(host);
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toContain('process_resident_memory_bytes');
  });

  it('says what is missing', async () => {
    const { port } = await started('127.0.0.1', { missing: 'the Temporal server does not answer yet' });
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
    expect([answer.status, await answer.text()]).toEqual([503, 'the Temporal server does not answer yet\n']);
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  });

  it.each([['told', 200], ['required', 503]] as const)('says that a router cannot write its files, where that is %s with %i', async (persistPolicy, status) => {
    const { router, control } = createFakeRouter({ name: 'edge', persistPolicy });
    control.failDisk('a', 'the map of shop was not written: ENOSPC');
    await router.persist();
    const { port } = await started('127.0.0.1', { routers: [router] });
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain('ENOSPC');
    expect(await metrics(port)).toContain('slipway_router_persisted{router="edge",instance="a"} 0');
    control.failDisk('a', undefined);
    await router.persist();
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
    expect(await metrics(port)).toContain('slipway_router_persisted{router="edge",instance="a"} 1');
  });

  it.each([['told', 200], ['required', 503]] as const)('counts no disk as well that nobody has looked at, where that is %s with %i', async (persistPolicy, status) => {
    const { port } = await started('127.0.0.1', { routers: [createFakeRouter({ persistPolicy }).router] });
    expect(await metrics(port)).not.toContain('slipway_router_persisted{');
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(status);
  });
});

async function metrics(port: number): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}
