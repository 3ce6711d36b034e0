import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server behind a router under test: says its name, can fail, die, and hold requests. */
export interface Origin {
  readonly name: string;
  /** `127.0.0.1:port` */
  readonly address: string;
  readonly port: number;
  /** Requests that reached it, health checks left out. */
  readonly served: number;
  answer(how: 'well' | 'failing'): void;
  /** Resolves when a request for `/hold` has arrived. */
  heldOne(): Promise<void>;
  finishHeld(): void;
  die(): Promise<void>;
  comeBack(): Promise<void>;
}

export type OriginRoute = (request: IncomingMessage, response: ServerResponse) => void;

export async function startOrigin(name: string, routes: Readonly<Record<string, OriginRoute>> = {}): Promise<Origin> {
  let failing = false;
  let served = 0;
  const held = new Set<ServerResponse>();
  const awaiting = new Set<() => void>();

  function handle(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '/';
    if (path === '/healthz') return void response.end('ok');
    served += 1;
    response.setHeader('x-served-by', name);
    const own = routes[path];
    if (own) return own(request, response);
    if (path !== '/hold') return void response.writeHead(failing ? 500 : 200).end(name);
    held.add(response);
    response.writeHead(200).write('held');
    for (const tell of awaiting) tell();
    awaiting.clear();
  }

  let server: Server = await listen(handle, 0);
  const { port } = server.address() as AddressInfo;
  return {
    name, port,
    address: `127.0.0.1:${port}`,
    get served() {
      return served;
    },
    answer: (how) => void (failing = how === 'failing'),
    heldOne: () => (held.size > 0 ? Promise.resolve() : new Promise((resolve) => void awaiting.add(resolve))),
    finishHeld() {
      for (const response of held) response.end(' and finished');
      held.clear();
    },
    async die() {
      if (!server.listening) return;
      const gone = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await gone;
    },
    async comeBack() {
      if (!server.listening) server = await listen(handle, port);
    },
  };
}

async function listen(handle: OriginRoute, port: number): Promise<Server> {
  const server = createServer(handle).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
