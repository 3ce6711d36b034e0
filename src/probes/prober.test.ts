import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { HealthCheck } from '../domain/service/environment.js';
import { createPrograms } from '../programs/programs.js';
import { proberContract } from './contract.js';
import { createProber } from './prober.js';

const guardian = { watch: () => undefined, release: () => undefined };
const prober = createProber({ programs: createPrograms({ guardian }) });

const every = { everyMs: 1_000, timeoutMs: 500, healthyAfter: 2, unhealthyAfter: 3 };
const http = (path: string, more: Partial<HealthCheck> = {}): HealthCheck => ({ check: { kind: 'http', path, expect: 200, headers: {} }, ...every, ...more });

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a TCP port has this form of address.
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function serving(listener: RequestListener) {
  const server = createServer(listener);
  const address = await listen(server);
  return { address, close: () => new Promise<void>((resolve) => { server.close(() => resolve()); server.closeAllConnections(); }) };
}

proberContract('an http probe', async () => {
  const servers = await Promise.all([
    serving((_request, response) => response.end('well')),
    serving((_request, response) => response.writeHead(503).end()),
    serving(() => undefined),
    serving((_request, response) => void sleep(60).then(() => response.end('well'))),
  ]);
  const [well, unwell, silent, slow] = servers.map(({ address }) => ({ id: 'a', address }));
  if (!well || !unwell || !silent || !slow) throw new Error('unreachable');
  return { prober, check: http('/'), well, unwell, silent, slow, close: async () => void (await Promise.all(servers.map((server) => server.close()))) };
});

proberContract('a command probe', async () => {
  const script = 'case "$SLIPWAY_INSTANCE" in well) ;; unwell) echo sick >&2; exit 1;; silent) exec sleep 60;; slow) sleep 0.06;; esac';
  const subject = (id: string) => ({ id, address: '10.0.0.1:80' });
  return {
    prober, check: { check: { kind: 'command', command: ['sh', '-c', script] }, ...every },
    well: subject('well'), unwell: subject('unwell'), silent: subject('silent'), slow: subject('slow'), close: async () => undefined,
  };
});

describe('an http probe', () => {
  let server: Awaited<ReturnType<typeof serving>>;
  const seen: string[] = [];
  beforeAll(async () => {
    server = await serving((request, response) => {
      seen.push(request.url ?? '');
      if (request.url === '/moved') response.writeHead(302, { location: '/ok' }).end();
      else if (request.url === '/endless') endless(response);
      else if (request.url === '/never-ends') response.writeHead(200).write('x');
      else response.writeHead(request.headers['x-key'] === 'k' || request.url !== '/keyed' ? 200 : 401).end();
    });
  });
  afterAll(() => server.close());

  const endless = (response: { write(chunk: string): boolean; once(event: 'drain', heard: () => void): unknown; destroyed: boolean }) => {
    while (!response.destroyed && response.write('x'.repeat(16_384)));
    response.once('drain', () => endless(response));
  };
  const instance = () => ({ id: 'a', address: server.address });

  it('does not follow a redirect', async () => {
    expect(await prober.probe(http('/moved'), instance())).toMatchObject({ ok: false, detail: 'status 302' });
    expect(seen).not.toContain('/ok');
  });

  it('takes the status it is told to expect', async () => {
    const check = http('/moved');
    expect(await prober.probe({ ...check, check: { kind: 'http', path: '/moved', expect: 302, headers: {} } }, instance())).toMatchObject({ ok: true });
  });

  it('sends the headers of the check', async () => {
    expect(await prober.probe({ ...http('/'), check: { kind: 'http', path: '/keyed', expect: 200, headers: { 'x-key': 'k' } } }, instance())).toMatchObject({ ok: true });
  });

  it('reads no more of a body than it needs', async () => {
    expect(await prober.probe(http('/endless'), instance())).toMatchObject({ ok: true });
  });

  it('does not take an answer that never ends as one', async () => {
    expect(await prober.probe(http('/never-ends'), instance())).toMatchObject({ ok: false });
  });

  it('says in words that nobody listens', async () => {
    const gone = await serving(() => undefined);
    await gone.close();
    expect(await prober.probe(http('/'), { id: 'a', address: gone.address })).toMatchObject({ ok: false, detail: 'connection refused' });
  });

  it('rejects with the reason when it is aborted meanwhile', async () => {
    const abort = new AbortController();
    const reason = new Error('no longer wanted');
    const probing = prober.probe(http('/never-ends'), instance(), abort.signal);
    abort.abort(reason);
    await expect(probing).rejects.toBe(reason);
  });

  it('finds what does not speak HTTP unwell', async () => {
    const other = createTcpServer((socket) => socket.on('error', () => undefined).end('SSH-2.0-x\r\n'));
    const address = await listen(other);
    expect(await prober.probe(http('/'), { id: 'a', address })).toMatchObject({ ok: false });
    other.close();
  });
});

describe('a tcp probe', () => {
  const check: HealthCheck = { check: { kind: 'tcp' }, ...every };

  it('finds what accepts a connection well, and what refuses it not', async () => {
    const server = createTcpServer();
    const address = await listen(server);
    expect(await prober.probe(check, { id: 'a', address })).toMatchObject({ ok: true });
    await new Promise((resolve) => server.close(resolve));
    expect(await prober.probe(check, { id: 'a', address })).toMatchObject({ ok: false, detail: 'connection refused' });
  });
});

describe('a command probe', () => {
  it('rejects by code when the program is not there, for that says nothing about the instance', async () => {
    const check: HealthCheck = { check: { kind: 'command', command: ['/no/such/program'] }, ...every };
    await expect(prober.probe(check, { id: 'a', address: '10.0.0.1:80' })).rejects.toMatchObject({ code: 'PROGRAM_MISSING' });
  });
});
