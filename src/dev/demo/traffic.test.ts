import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTraffic, type TrafficCount } from './traffic.js';

async function countAgainst(answer: RequestListener, enough: (count: TrafficCount) => boolean): Promise<{ count: TrafficCount; connections: number; elapsedMs: number }> {
  let connections = 0;
  const server = createServer(answer).on('connection', () => { connections += 1; }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const startedMs = Date.now();
  const traffic = startTraffic(`http://127.0.0.1:${port}`, 100);
  try {
    for (const deadline = Date.now() + 25_000; !enough(traffic.count()) && Date.now() < deadline; ) await sleep(20);
    return { count: traffic.count(), connections, elapsedMs: Date.now() - startedMs };
  } finally {
    traffic.stop();
    server.close();
    server.closeAllConnections();
  }
}

describe('the traffic of the demo', () => {
  it('keeps its connections and its pace', async () => {
    const { count, connections, elapsedMs } = await countAgainst((_, response) => response.end('ok'), ({ requests }) => requests >= 100);
    expect(count).toMatchObject({ failed: 0 });
    // Twenty are sent at once after a stall of this process, so a busy machine opens as many; without keeping them it would be one each.
    expect(connections).toBeLessThan(count.requests / 2);
    expect(elapsedMs).toBeGreaterThan(700);
  }, 40_000);

  it('counts an answer of 500 or above as failed', async () => {
    const { count } = await countAgainst((_, response) => response.writeHead(503).end(), ({ requests }) => requests >= 10);
    expect(count.failed).toBe(count.requests);
  });

  it('counts a request without an answer as failed', async () => {
    const { count } = await countAgainst((request) => request.socket.destroy(), ({ requests }) => requests >= 10);
    expect(count.failed).toBe(count.requests);
  });

  it('does not hold a refusal of the client against the service', async () => {
    const { count } = await countAgainst((_, response) => response.writeHead(404).end(), ({ requests }) => requests >= 10);
    expect(count.failed).toBe(0);
  });
});
