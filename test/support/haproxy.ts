import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../src/routers/contract/scene.js';
import { haproxyConfig, type HaproxyConfigOptions, haproxyMap } from '../../src/routers/haproxy/haproxy-config.js';
import type { AdminLimits } from '../../src/routers/haproxy/admin-connection.js';
import { createHaproxyRouter } from '../../src/routers/haproxy/haproxy-router.js';
import type { Router } from '../../src/routers/router.js';
import { freePort } from './free-port.js';

export interface StartHaproxyOptions {
  /** @default 'checkout-production' */
  readonly backend?: string;
  /** How many processes, each with a folder of its own. @default 1 */
  readonly instances?: number;
  /** @default 4 */
  readonly slotsPerSide?: number;
  /** @default 'socket' */
  readonly admin?: 'socket' | 'tcp';
  /** @default those that are printed */
  readonly timeouts?: NonNullable<HaproxyConfigOptions['timeouts']>;
}

export interface RunningHaproxy {
  readonly name: string;
  /** The path of the admin socket, or `127.0.0.1:port` over TCP. */
  readonly admin: string;
  readonly mapFolder: string;
  readonly stateFile: string;
  readonly configFile: string;
  /** Where it takes traffic, on 127.0.0.1. */
  readonly port: number;
  readonly pid: number;
  /** Ends the process and starts none. */
  kill(): Promise<void>;
  /** Starts it again from what is on disk. */
  start(): Promise<void>;
  /** The state file is gone, and the map is the one it was installed with: HAProxy starts with no less. */
  loseFiles(): Promise<void>;
}

export interface HaproxyFixture {
  readonly backend: string;
  readonly instances: readonly RunningHaproxy[];
  stop(): Promise<void>;
}


/** Real HAProxy processes on loopback, with the configuration that Slipway prints. */
export async function startHaproxy(options: StartHaproxyOptions = {}): Promise<HaproxyFixture> {
  const { backend = 'checkout-production', instances = 1, slotsPerSide = 4, admin = 'socket', timeouts = {} } = options;
  const folder = await mkdtemp(join(tmpdir(), 'hap-'));
  const names = Array.from({ length: instances }, (_, index) => String.fromCharCode(97 + index));
  const running = await Promise.all(names.map((name) => startOne(join(folder, name), name, { backend, slotsPerSide, admin, timeouts })));
  return {
    backend,
    instances: running,
    async stop() {
      await Promise.all(running.map((one) => one.kill()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startOne(folder: string, name: string, { backend, slotsPerSide, admin: kind, timeouts }: Required<Omit<StartHaproxyOptions, 'instances'>>): Promise<RunningHaproxy> {
  await mkdir(folder, { recursive: true });
  const paths = { mapFolder: folder, stateFile: join(folder, 'servers.state') };
  const port = await freePort();
  const adminPort = await freePort();
  const admin = kind === 'socket' ? join(folder, 'admin.sock') : `127.0.0.1:${adminPort}`;
  const socket = kind === 'socket' ? admin : `ipv4@${admin}`;
  const configFile = join(folder, 'haproxy.cfg');
  await writeFile(configFile, haproxyConfig({ backend, slotsPerSide, frontendPort: port, frontendAddress: '127.0.0.1', socket, timeouts, ...paths }));
  const mapFile = join(folder, `${backend}.map`);
  await writeFile(mapFile, haproxyMap(backend));
  let child: ChildProcess | undefined;

  async function kill(): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async function start(): Promise<void> {
    child = spawn('haproxy', ['-f', configFile, '-db', '-q'], { stdio: ['ignore', 'ignore', 'pipe'] });
    const complaints: string[] = [];
    child.stderr?.on('data', (chunk: Buffer) => complaints.push(chunk.toString()));
    const started = child;
    await eventually(`haproxy ${name} listens`, async () => {
      if (started.exitCode !== null) throw new Error(`haproxy ended: ${complaints.join('')}`);
      return (await listens(kind === 'socket' ? { path: admin } : { host: '127.0.0.1', port: adminPort })) && (await listens({ host: '127.0.0.1', port }));
    });
  }

  async function loseFiles(): Promise<void> {
    await rm(paths.stateFile, { force: true });
    await writeFile(mapFile, haproxyMap(backend));
  }

  await start();
  return { name, admin, ...paths, configFile, port, kill, start, loseFiles, get pid() { return child?.pid ?? 0; } };
}

function listens(where: { readonly path: string } | { readonly host: string; readonly port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(where);
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
}

/** The router over all instances of the fixture; it finds the maps and writes the files as in production. */
export function haproxyRouterOf({ instances }: HaproxyFixture, limits: Partial<AdminLimits> = {}): Router {
  const settings = instances.map(({ name, admin, stateFile }) => [name, admin.startsWith('/') ? { socket: admin, stateFile } : { tcp: admin }] as const);
  return createHaproxyRouter({ name: 'edge', instances: Object.fromEntries(settings), percentiles: true, limits });
}
