import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { until } from '../support/until.js';
import { KEY, startTestApi, type TestApi } from './support.js';

let api: TestApi;
let id: string;
const sockets: Socket[] = [];
beforeEach(async () => {
  api = await startTestApi({ mostReaders: { wait: 2, stream: 2 } });
  await api.putCheckout();
  id = await api.deploy('v1');
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await api.close();
});

const WAIT = () => `/api/v1/deployments/${id}?until=ended&wait=60s`;
const EVENTS = () => `/api/v1/deployments/${id}/events`;
const readers = () => api.app.followers.readers;

describe('a process that has as many readers as it takes', () => {
  it.each(['wait', 'stream'] as const)('refuses one more %s for a moment, and takes it when another one has gone away', async (kind) => {
    const path = kind === 'wait' ? WAIT : EVENTS;
    const headers: Record<string, string> = kind === 'wait' ? {} : { Accept: 'text/event-stream' };
    const [first] = [await ask(path(), headers), await ask(path(), headers)];
    expect(await until(() => readers()[kind] === 2)).toBe(true);
    const refused = await api.call('GET', path(), { headers });
    expect([refused.status, refused.body['code'], refused.body['retryable'], refused.headers.get('retry-after')]).toEqual([429, 'TOO_MANY_READERS', true, '5']);
    first?.destroy();
    expect(await until(() => readers()[kind] === 1)).toBe(true);
    await ask(path(), headers);
    expect(await until(() => readers()[kind] === 2)).toBe(true);
  });

  it('still answers everything else: a control, and a look without waiting', async () => {
    for (const _ of [1, 2]) await ask(WAIT(), {});
    for (const _ of [1, 2]) await ask(EVENTS(), { Accept: 'text/event-stream' });
    expect(await until(() => readers().wait + readers().stream === 4)).toBe(true);
    expect((await api.call('GET', '/metrics')).text).toContain('slipway_readers{kind="stream"} 2');
    expect((await api.call('GET', `/api/v1/deployments/${id}`)).status).toBe(200);
    expect((await api.call('POST', `/api/v1/deployments/${id}/abort`)).status).toBe(200);
  });

  it('has their places back when what they waited for is there', async () => {
    for (const _ of [1, 2]) await ask(WAIT(), {});
    await ask(EVENTS(), { Accept: 'text/event-stream' });
    expect(await until(() => readers().wait + readers().stream === 3)).toBe(true);
    await api.succeed(id);
    expect(await until(() => readers().wait + readers().stream === 0)).toBe(true);
  });
});

it('a reader that takes nothing keeps no more of a stream in this process than its connection holds', async () => {
  const text = 'x'.repeat(50_000);
  const socket = await ask(EVENTS(), { Accept: 'text/event-stream' });
  socket.pause();
  expect(await until(() => readers().stream === 1)).toBe(true);
  const events = Array.from({ length: 400 }, (_, n) => ({ key: `k.${n}`, deployment: id, kind: 'noise', at: new Date().toISOString(), text, data: {} }));
  await api.stores.events.append(events);
  // All twenty megabytes reach one who reads, so the other was given its chance.
  let heard = 0;
  const quick = await ask(EVENTS(), { Accept: 'text/event-stream' });
  quick.on('data', (chunk: Buffer) => void (heard += chunk.length));
  expect(await until(() => heard > 400 * 50_000)).toBe(true);
  expect(await bufferedBySlowest()).toBeLessThan(1_000_000);
});

/** The most that one of the server's connections has not been able to send. */
async function bufferedBySlowest(): Promise<number> {
  return Math.max(...api.connections().map(({ writableLength }) => writableLength));
}

/** A request whose answer is not waited for. */
async function ask(path: string, headers: Record<string, string>): Promise<Socket> {
  const { hostname, port } = new URL(api.url);
  const socket = connect(Number(port), hostname);
  sockets.push(socket);
  await once(socket, 'connect');
  const lines = [`GET ${path} HTTP/1.1`, `Host: ${hostname}`, `Authorization: Bearer ${KEY}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  return socket;
}
