import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { messageOf, SlipwayError } from '../../domain/errors.js';
import { followInFile, keptFile } from '../kept-file.js';
import { answerAdmin } from './admin-api.js';
import { createBackend } from './backend.js';
import { startHealthChecks } from './health-checks.js';
import { proxyRequest, proxyUpgrade } from './proxy.js';
import { loadState, saveState } from './saved-state.js';
import { createUpstreams } from './upstream.js';

export interface RouterProcessOptions {
  /** Where traffic is taken. @default '127.0.0.1' */
  readonly host?: string;
  /** Port of the admin API, always on 127.0.0.1. 0: any free one. */
  readonly adminPort: number;
  /** A port for each entry. 0: any free one. */
  readonly listen: readonly { readonly port: number; readonly backend: string }[];
  readonly stateFile: string;
  /** What the admin API asks for. */
  readonly token: string;
  /** What the servers are asked for. @default '/healthz' */
  readonly healthPath?: string;
  /** How long a server may say nothing until its answer begins. @default 5 minutes */
  readonly answerTimeoutMs?: number;
  readonly warn?: (message: string) => void;
}

export interface RouterProcess {
  readonly adminPort: number;
  readonly ports: Readonly<Record<string, number>>;
  /** Takes no more connections, lets what runs finish, and ends what is left after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/** Keep-alive connections of clients are held longer than most load balancers and clients hold theirs. */
const KEEP_ALIVE_MS = 75_000;

/** How long a request's head may take; its body has no end, as uploads are long. */
const HEADERS_MS = 10_000;

/** The embedded router: plain HTTP on one host. @throws PORT_TAKEN, ROUTER_ENTRY_INVALID */
export async function startRouterProcess(options: RouterProcessOptions): Promise<RouterProcess> {
  const { host = '127.0.0.1', healthPath = '/healthz', stateFile, token, warn = () => {} } = options;
  const backends = await loadState(stateFile);
  const upstreams = createUpstreams(options.answerTimeoutMs);
  const file = keptFile({
    what: `the state ${stateFile}`,
    write: () => followInFile(stateFile, async () => saveState(backends.values())),
    turned: (now) => warn(now.persisted === 'no' ? `Traffic is as it should, but would not be after a restart: ${now.detail}` : 'What could not be written is on the disk again.'),
  });

  const admin = createServer((request, response) => void answerAdmin({ backends, token, epoch, file }, request, response));
  const epoch = randomUUID();
  const servers: Server[] = [admin];
  const ports: Record<string, number> = {};
  try {
    for (const { port, backend: name } of options.listen) {
      const backend = backends.get(name) ?? createBackend(name);
      backends.set(name, backend);
      const traffic = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: HEADERS_MS, requestTimeout: 0 }, (request, response) => proxyRequest(upstreams, backend, request, response));
      // Node types the socket as any stream; that of an HTTP server over TCP is a socket.
      traffic.on('upgrade', (request, socket, head) => proxyUpgrade(upstreams, backend, request, socket as Socket, head));
      servers.push(traffic);
      ports[name] = await listen(traffic, port, host);
    }
    const adminPort = await listen(admin, options.adminPort, '127.0.0.1');
    const checks = startHealthChecks(() => backends.values(), healthPath);
    return {
      adminPort,
      ports,
      async stop(graceMs) {
        await Promise.all(servers.map((server) => close(server, graceMs)));
        checks.stop();
        upstreams.agent.destroy();
        await file.keep();
      },
    };
  } catch (error) {
    for (const server of servers) server.close();
    throw error;
  }
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new SlipwayError('PORT_TAKEN', `The router cannot listen on ${host}:${port}: ${messageOf(error)}.`, { cause: error });
  }
  return (server.address() as AddressInfo).port; // a server that listens on a port has an address of this form
}

async function close(server: Server, graceMs: number): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}
