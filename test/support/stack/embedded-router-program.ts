import { join } from 'node:path';
import { createEmbeddedRouter } from '../../../src/routers/embedded/embedded-router.js';
import type { Router } from '../../../src/routers/router.js';
import type { Home } from './home.js';
import { built, startProgram, type Program } from './program.js';

const TOKEN = 'a-token-of-the-tests';

export interface EmbeddedRouterProgram {
  readonly program: Program;
  /** Where it takes traffic. */
  readonly port: number;
  /** For the operator's file. */
  readonly settings: { readonly embedded: { readonly url: string; readonly token: { readonly secret: string } } };
  /** What the worker needs to find the token. */
  readonly env: Readonly<Record<string, string>>;
  /** To read back what it does. */
  readonly router: Router;
}

/** The embedded router as a process of its own. */
export async function startEmbeddedRouter({ folder, guardian }: Home, backend: string): Promise<EmbeddedRouterProgram> {
  const program = await startProgram({
    name: 'router',
    command: [process.execPath, built('routers/embedded/main.js'), '--admin-port', '0', '--state', join(folder, 'router.json'), '--listen', `0=${backend}`],
    env: { SLIPWAY_ROUTER_TOKEN: TOKEN }, cwd: folder, groups: guardian, isReady: (said) => said.includes('router ready'),
  });
  const [, admin = '', port = ''] = new RegExp(`router ready admin=(\\d+) ${backend}=(\\d+)`).exec(program.said()) ?? [];
  const url = `http://127.0.0.1:${admin}`;
  return {
    program, port: Number(port), settings: { embedded: { url, token: { secret: 'ROUTER_TOKEN' } } }, env: { SLIPWAY_SECRET_ROUTER_TOKEN: TOKEN },
    router: createEmbeddedRouter({ name: 'edge', url, token: TOKEN }),
  };
}
