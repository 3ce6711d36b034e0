import { join } from 'node:path';
import type { Part } from '../supervisor/part.js';
import { programPart } from '../supervisor/program-part.js';
import { accepts } from './accepts.js';
import type { StackContext } from './stack-context.js';

/** The entry of the example on the embedded router. */
export const DEMO_BACKEND = 'storefront';

/** The embedded router: a process of its own, so that traffic flows whatever happens to the rest. */
export function routerPart({ checkout, state, ports, secrets, environment, track }: StackContext): Part {
  return programPart({
    name: 'router',
    command: [
      process.execPath, join(checkout, 'dist/src/routers/embedded/main.js'), '--admin-port', String(ports.routerAdmin),
      '--state', state.routerState, '--listen', `${ports.router}=${DEMO_BACKEND}`,
    ],
    env: { ...environment, SLIPWAY_ROUTER_TOKEN: secrets.routerToken },
    cwd: checkout,
    logFile: join(state.logs, 'router.log'),
    isReady: async (signal) => (await accepts(ports.routerAdmin, signal)) && accepts(ports.router, signal),
    readyTimeoutMs: 20_000,
    graceMs: 15_000,
    tracker: track('router'),
  });
}
