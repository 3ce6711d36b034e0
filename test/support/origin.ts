import { createHash } from 'node:crypto';
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
  answer(how: 'well' | 'failing' | 'missing'): void;
  /** Resolves when a request for `/hold` has arrived. */
  heldOne(): Promise<void>;
  finishHeld(): void;
  /** Resolves when a request for `/hang` has arrived: it is never answered. */
  hungOne(): Promise<void>;
  /** How often a request for `/hang-up` arrived: the connection is closed at once. */
  readonly hangUps: number;
  die(): Promise<void>;
  comeBack(): Promise<void>;
}

export type OriginRoute = (request: IncomingMessage, response: ServerResponse) => void;

export async function startOrigin(name: string, routes: Readonly<Record<string, OriginRoute>> = {}): Promise<Origin> {
  let status = 200;
  let hangUps = 0;
  const hung = new Set<ServerResponse>();
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
    if (path === '/hang') return hung.add(response), arrived();
    if (path === '/hang-up') return void (hangUps += 1, response.destroy());
    if (path !== '/hold') return void response.writeHead(status).end(name);
    held.add(response);
    response.writeHead(200).write('held');
    arrived();
  }

  function arrived(): void {
    for (const tell of awaiting) tell();
    awaiting.clear();
  }

  const oneIn = (there: ReadonlySet<ServerResponse>): Promise<void> => (there.size > 0 ? Promise.resolve() : new Promise((resolve) => void awaiting.add(resolve)));

  let server: Server = await listen(handle, 0);
  const { port } = server.address() as AddressInfo;
  return {
    name, port,
    address: `127.0.0.1:${port}`,
    get served() {
      return served;
    },
    get hangUps() {
      return hangUps;
    },
    answer: (how) => void (status = { well: 200, failing: 500, missing: 404 }[how]),
    heldOne: () => oneIn(held),
    hungOne: () => oneIn(hung),
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
  server.on('upgrade', (request, socket) => {
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    socket.on('error', () => socket.destroy());
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
    socket.on('end', () => socket.end()).resume();
  });
  await once(server, 'listening');
  return server;
}
