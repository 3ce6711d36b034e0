import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createEmbeddedRouter } from '../../src/routers/embedded/embedded-router.js';
import type { Router } from '../../src/routers/router.js';
import type { Room } from '../benchmark.js';
import { startChild } from './child.js';
import { waitFor } from './wait.js';

/** A router, and the port on which it takes traffic. */
export interface Loaded {
  readonly router: Router;
  readonly port: number;
}

/** The embedded router in a process of its own, with one entry. */
export async function startEmbedded(room: Room, backend: string): Promise<Loaded> {
  const token = 'bench-token';
  const program = fileURLToPath(new URL('../../src/routers/embedded/main.js', import.meta.url));
  const child = startChild(
    room, [process.execPath, program, '--admin-port', '0', '--state', join(room.folder, `${backend}.json`), '--listen', `0=${backend}`],
    { PATH: process.env['PATH'], SLIPWAY_ROUTER_TOKEN: token },
  );
  await waitFor('the router is ready', () => child.said().includes('ready'));
  const [, adminPort = '', port = ''] = /admin=(\d+) .*=(\d+)/.exec(child.said()) ?? [];
  const router = createEmbeddedRouter({ name: 'edge', url: `http://127.0.0.1:${adminPort}`, token });
  room.later(() => router.close());
  return { router, port: Number(port) };
}
