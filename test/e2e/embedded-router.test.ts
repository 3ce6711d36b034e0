import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RouterEntry } from '../../src/domain/router/entry.js';
import { eventually, fillSlots, type RouterScene, shift, stepTo } from '../../src/routers/contract/scene.js';
import { createEmbeddedRouter } from '../../src/routers/embedded/embedded-router.js';
import type { FencedSlot } from '../../src/routers/router.js';
import { freePort } from '../support/free-port.js';
import { type Origin, startOrigin } from '../support/origin.js';
import { get, trafficScene } from '../support/router-scene.js';

const BACKEND = 'checkout-production';
const TOKEN = 'a-token';
/** The entry has not been written. */
const BLUE: FencedSlot = { backend: BACKEND, slot: 'blue', fence: { generation: 'none', base: 'none' } };

describe('the process of the embedded router', () => {
  let folder: string;
  let blue: Origin;
  let green: Origin;
  let started: RouterProgram[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'embedded-process-'));
    started = [];
    blue = await startOrigin('blue', { '/drop': drop });
    green = await startOrigin('green');
  });
  afterEach(async () => {
    await Promise.all(started.map((program) => program.end('SIGKILL')));
    await Promise.all([blue.die(), green.die()]);
    await rm(folder, { recursive: true, force: true });
  });

  it('keeps split, tombstones and servers over a kill', async () => {
    const first = await start();
    await fillSlots(first.scene);
    await shift(first.scene, stepTo(10_000));
    await first.end('SIGKILL');
    const second = await start(first);
    expect((await second.scene.send({ bucket: 0 })).slot).toBe('green');
    await second.scene.router.close();
  });

  it('refuses to start from a state that it cannot read', async () => {
    await writeFile(stateFile(), '{"version":1,"backends":{"checkout-production":');
    const program = launch(['--admin-port', '0', '--state', stateFile(), '--listen', `0=${BACKEND}`]);
    expect(await program.ended).toBe(1);
    expect(program.said()).toContain('ROUTER_ENTRY_INVALID');
    expect(await readFile(stateFile(), 'utf8')).toContain('"backends"');
  });

  it('says which argument is wrong and ends', async () => {
    const program = launch(['--admin-port', '0', '--state', stateFile(), '--listen', 'nonsense']);
    expect(await program.ended).toBe(1);
    expect(program.said()).toContain('SETTINGS_INVALID');
  });

  it('lets what runs finish when it is told to stop', async () => {
    const program = await start();
    await fillSlots(program.scene);
    const held = await program.scene.hold('blue');
    const ended = program.end('SIGTERM');
    await eventually('it takes no more connections', async () => !(await isOpen(program.port)));
    await held.finish();
    expect(await held.ended).toBe('answered');
    expect(await ended).toBe(0);
  });

  it('asks for its token', async () => {
    const program = await start();
    const refused = await get(program.adminPort, `/v1/backends/${BACKEND}`, { authorization: 'Bearer another' });
    expect(refused.status).toBe(401);
  });

  it('carries a connection that changes its protocol, in both directions', async () => {
    const program = await start();
    const echo = await startEcho();
    const servers = [{ id: 'echo', address: echo.address }];
    await program.scene.router.ready(BLUE, servers);
    const socket = connect(program.port, '127.0.0.1');
    socket.write('GET /chat HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
    const heard: string[] = [];
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      heard.push(chunk);
      if (heard.join('').endsWith('\r\n\r\n')) socket.write('hello');
    });
    await eventually('the echo comes back', async () => heard.join('').endsWith('hello'));
    expect(heard.join('')).toMatch(/^HTTP\/1\.1 101 /);
    socket.destroy();
    await echo.close();
  });

  it('never repeats a request that may not be repeated', async () => {
    const program = await start();
    await fillSlots(program.scene);
    const other = await startOrigin('other', { '/drop': drop });
    await program.scene.router.ready(BLUE, [{ id: 'b2', address: other.address }]);
    expect(await post(program.port, '/drop', 'order')).toBe(502);
    expect(blue.served + other.served).toBe(1);
    await other.die();
  });

  it('repeats a safe request on another server', async () => {
    const program = await start();
    const other = await startOrigin('other', { '/drop': (_request, response) => void response.end('well') });
    await program.scene.router.ready(BLUE, [{ id: 'b1', address: blue.address }, { id: 'b2', address: other.address }]);
    for (let n = 0; n < 4; n += 1) expect((await get(program.port, '/drop')).status).toBe(200);
    await other.die();
  });

  it('repeats a request that never reached a server, whatever its method', async () => {
    const program = await start();
    const other = await startOrigin('other');
    await program.scene.router.ready(BLUE, [{ id: 'b1', address: blue.address }, { id: 'b2', address: other.address }]);
    await blue.die();
    for (let n = 0; n < 4; n += 1) expect(await post(program.port, '/', 'order')).toBe(200);
    await other.die();
  });

  it('loses no request over a hundred shifts', async () => {
    const program = await start();
    await fillSlots(program.scene);
    let running = true;
    const statuses = new Map<number, number>();
    const clients = Array.from({ length: 8 }, async () => {
      while (running) {
        const { status } = await get(program.port, '/');
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    });
    for (let n = 1; n <= 100; n += 1) expect(await shift(program.scene, shareAt(n), { base: n === 1 ? 'none' : shareAt(n - 1).generation })).toEqual(['done']);
    running = false;
    await Promise.all(clients);
    expect([...statuses.keys()]).toEqual([200]);
    expect(green.served).toBeGreaterThan(0);
  });

  const stateFile = (): string => join(folder, 'router.json');

  /** Some come back to their ports, as `at`. */
  async function start(at?: { port: number; adminPort: number }): Promise<RouterProgram> {
    const wanted = at ?? { port: await freePort(), adminPort: await freePort() };
    const program = launch(['--admin-port', String(wanted.adminPort), '--state', stateFile(), '--listen', `${wanted.port}=${BACKEND}`]);
    await Promise.race([eventually('the router is ready', async () => program.said().includes('ready'), 15_000), failsWith(program)]);
    const [, adminPort = 0, port = 0] = (/admin=(\d+) .*=(\d+)/.exec(program.said()) ?? []).map(Number);
    const router = createEmbeddedRouter({ name: 'embedded', url: `http://127.0.0.1:${adminPort}`, token: TOKEN });
    const { stopOrigins, ...traffic } = trafficScene({ blue, green }, port);
    const scene = { ...traffic, router, backend: BACKEND, unknownBackend: 'nowhere-production', restart: async () => {}, restartWithoutFiles: async () => {}, close: stopOrigins };
    const end = async (signal: NodeJS.Signals): Promise<number | null> => (await router.close(), program.end(signal));
    const running = { ...program, port, adminPort, scene, end };
    started.push(running);
    return running;
  }
});

interface Program {
  readonly ended: Promise<number | null>;
  said(): string;
  end(signal: NodeJS.Signals): Promise<number | null>;
}

interface RouterProgram extends Program {
  readonly port: number;
  readonly adminPort: number;
  readonly scene: RouterScene;
}

function launch(args: readonly string[]): Program {
  const env = { PATH: process.env['PATH'] ?? '', SLIPWAY_ROUTER_TOKEN: TOKEN };
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', 'src/routers/embedded/main.ts', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  const ended = once(child, 'close').then(() => child.exitCode);
  return { ended, said: () => said.join(''), end: (signal) => (child.kill(signal), ended) };
}

async function failsWith(program: Program): Promise<never> {
  throw new Error(`The router ended with ${await program.ended}: ${program.said()}`);
}

function shareAt(n: number): RouterEntry {
  return stepTo([1, 2_500, 5_000, 10_000, 0][n % 5] ?? 0, n);
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
}

function post(port: number, path: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method: 'POST', agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sent.once('error', reject).end(body);
  });
}

function drop(_request: IncomingMessage, response: ServerResponse): void {
  response.destroy();
}

/** A server of a protocol of its own, which says back what it hears. */
async function startEcho(): Promise<{ address: string; close(): Promise<void> }> {
  const server = createServer((_request, response) => void response.end()).listen(0, '127.0.0.1');
  server.on('upgrade', (_request, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
    socket.on('error', () => socket.destroy());
    socket.pipe(socket);
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a server that listens on a port has an address of this form
  return { address: `127.0.0.1:${port}`, close: async () => void (await once(server.close(), 'close')) };
}
