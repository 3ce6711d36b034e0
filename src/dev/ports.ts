import { once } from 'node:events';
import { createServer } from 'node:net';
import { SlipwayError } from '../domain/errors.js';

/** Where each part listens, on loopback. */
export interface StackPorts {
  readonly temporal: number;
  readonly temporalUi: number;
  readonly api: number;
  readonly router: number;
  readonly routerAdmin: number;
  readonly postgres: number;
  readonly workerMetrics: number;
  /** The process target's, both included. */
  readonly instances: { readonly first: number; readonly last: number };
}

const USUAL: StackPorts = {
  temporal: 7233, temporalUi: 8233, api: 3000, router: 8080, routerAdmin: 8081, postgres: 5433, workerMetrics: 9464,
  instances: { first: 9100, last: 9199 },
};

/** The usual ports, or all of them one after the other from `base`. */
export function planPorts(base: number | undefined): StackPorts {
  if (base === undefined) return USUAL;
  return {
    temporal: base, temporalUi: base + 1, api: base + 2, router: base + 3, routerAdmin: base + 4, postgres: base + 5, workerMetrics: base + 6,
    instances: { first: base + 10, last: base + 109 },
  };
}

/**
 * Refuses to start anything while one of the parts would find its port taken. Instances choose among theirs, so those are not asked for.
 *
 * @throws PORT_TAKEN naming all that are
 */
export async function assertPortsFree(ports: StackPorts): Promise<void> {
  const { instances: _, ...own } = ports;
  const taken = (await Promise.all(Object.entries(own).map(async ([part, port]) => ((await isFree(port)) ? [] : [`${port} (${part})`])))).flat();
  if (taken.length === 0) return;
  throw new SlipwayError('PORT_TAKEN', `Another program listens on ${taken.join(', ')}; nothing was started. Stop it, or move all ports: npm start -- --port-base 20000`);
}

/** Asked on loopback and on every address: either is enough to get in a part's way. */
async function isFree(port: number): Promise<boolean> {
  for (const host of ['127.0.0.1', '0.0.0.0']) if (!(await canListen(port, host))) return false;
  return true;
}

async function canListen(port: number, host: string): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return true;
  } catch {
    return false;
  }
}
