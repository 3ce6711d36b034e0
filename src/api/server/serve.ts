import { createServer, type RequestListener } from 'node:http';
import { SlipwayError } from '../../domain/errors.js';

export interface Serving {
  /** Where it listens; of port 0, the one that was given. */
  readonly port: number;
  /** Takes no new connection, lets requests in flight end, and cuts what is left after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/** Longer than a load balancer keeps its idle connections: who closes first must not be us. */
const KEEP_ALIVE_MS = 65_000;

const IDLE_CHECK_MS = 100;

/** Nothing says that a reader's machine is gone, unless its connection is asked now and then. */
const PROBE_AFTER_MS = 30_000;

/** @throws PORT_TAKEN */
export async function serve(listener: RequestListener, { host, port }: { readonly host: string; readonly port: number }): Promise<Serving> {
  const server = createServer({
    keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 30_000, headersTimeout: 15_000, keepAlive: true, keepAliveInitialDelay: PROBE_AFTER_MS,
  }, listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? new SlipwayError('PORT_TAKEN', `Port ${port} of ${host} is taken.`) : error));
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : port,
    async stop(graceMs) {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      // A connection that is busy now is idle, and not closed by anybody, once it has its answer.
      const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
      const cut = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearInterval(idle);
      clearTimeout(cut);
    },
  };
}
