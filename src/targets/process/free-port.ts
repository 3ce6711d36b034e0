import { once } from 'node:events';
import { createServer } from 'node:net';
import { SlipwayError } from '../../domain/errors.js';

export interface PortRange {
  readonly first: number;
  /** Included. */
  readonly last: number;
}

/**
 * The first port of the range that nobody listens on and that is not in `taken`; `preferred` goes first.
 *
 * @throws LAUNCH_FAILED when there is none
 */
export async function freePort(host: string, range: PortRange, taken: ReadonlySet<number>, preferred?: number): Promise<number> {
  const inRange = Array.from({ length: range.last - range.first + 1 }, (_, index) => range.first + index);
  for (const port of preferred === undefined ? inRange : [preferred, ...inRange]) {
    if (!taken.has(port) && (await isFree(host, port))) return port;
  }
  throw new SlipwayError('LAUNCH_FAILED', `No port of ${range.first}-${range.last} is free on ${host}: widen the target's ports or stop what uses them.`);
}

async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
