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

const FIRST_BASE = 20_000;
const LAST_BASE = 30_000;
const PORTS_OF_A_STACK = 110;

/** One that no part of the stack at this base has. */
export function sparePort(base: number): number {
  return base + 7;
}

/** A base for all ports of a stack, the spare one too, at which nothing listens at present. @throws PORT_TAKEN when there is none */
export async function freePortBase(): Promise<number> {
  for (let base = FIRST_BASE; base < LAST_BASE; base += PORTS_OF_A_STACK) {
    const { instances: _, ...own } = planPorts(base);
    if ((await Promise.all([...Object.values(own), sparePort(base)].map(isFree))).every(Boolean)) return base;
  }
  throw new SlipwayError('PORT_TAKEN', `No room for the ports of a stack from ${FIRST_BASE} to ${LAST_BASE}. Stop what listens there.`);
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
