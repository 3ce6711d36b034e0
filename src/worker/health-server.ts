import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { collectDefaultMetrics, Registry } from 'prom-client';

export interface WorkerHealth {
  /** Why it cannot work yet; null when it polls. */
  missing: string | null;
}

/** `/healthz`, `/readyz` and `/metrics` of a worker. They hold no secret and ask for no key, so they are open to whoever reaches the address. */
export async function startHealthServer({ host, port }: { readonly host: string; readonly port: number }, health: WorkerHealth): Promise<Server> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const server = createServer((request, response) => {
    if (request.url === '/healthz') return void response.end('ok\n');
    if (request.url === '/readyz') {
      response.statusCode = health.missing === null ? 200 : 503;
      return void response.end(`${health.missing ?? 'ok'}\n`);
    }
    if (request.url !== '/metrics') {
      response.statusCode = 404;
      return void response.end();
    }
    registry.metrics().then((text) => response.setHeader('content-type', registry.contentType).end(text), () => response.destroy());
  }).listen(port, host);
  await once(server, 'listening');
  return server;
}
