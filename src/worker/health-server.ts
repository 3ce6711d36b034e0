import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { type DiskProblem, diskProblems, registerDiskGauge, type WatchedRouter } from './router-disks.js';

export interface WorkerHealth {
  /** Why it cannot work yet; null when it polls. */
  missing: string | null;
  /** Whose disks are told of. @default none yet */
  routers?: readonly WatchedRouter[];
}

/** `/healthz`, `/readyz` and `/metrics` of a worker. They hold no secret and ask for no key, so they are open to whoever reaches the address. */
export async function startHealthServer({ host, port }: { readonly host: string; readonly port: number }, health: WorkerHealth): Promise<Server> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const routers = (): readonly WatchedRouter[] => health.routers ?? [];
  registerDiskGauge(registry, routers);
  const server = createServer((request, response) => {
    if (request.url === '/healthz') return void response.end('ok\n');
    if (request.url === '/readyz') {
      const { status, text } = readiness(health.missing, diskProblems(routers()));
      response.statusCode = status;
      return void response.end(text);
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

/** What is only told leaves a worker ready, and is there to read. */
function readiness(missing: string | null, disks: readonly DiskProblem[]): { readonly status: number; readonly text: string } {
  const ready = missing === null && !disks.some(({ refuses }) => refuses);
  const lines = [...(missing === null ? [] : [missing]), ...disks.map(({ text }) => text)];
  return { status: ready ? 200 : 503, text: `${(ready ? ['ok', ...lines] : lines).join('\n')}\n` };
}
