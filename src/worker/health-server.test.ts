import { afterEach, describe, expect, it } from '@jest/globals';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startHealthServer } from './health-server.js';

let server: Server | undefined;
afterEach(() => { server?.close(); });

/** Its address as the system reports it. */
async function started(host: string, missing: string | null = null): Promise<AddressInfo> {
  server = await startHealthServer({ host, port: 0 }, { missing });
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
    const { port } = await started('127.0.0.1', 'the Temporal server does not answer yet');
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
    expect([answer.status, await answer.text()]).toEqual([503, 'the Temporal server does not answer yet\n']);
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  });
});
