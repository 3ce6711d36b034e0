import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Backend } from './backend.js';
import { endToEnd, formatHead, requestHeaders } from './headers.js';
import { routeRequest } from './route.js';
import { type FailureStatus, tryServers, type Upstreams } from './upstream.js';

const FAILURES: Readonly<Record<FailureStatus, string>> = {
  502: 'The server broke off before it answered.\n',
  503: 'No server of this service is up.\n',
  504: 'The server did not answer in time.\n',
};

/** How long nothing may move in a tunnel; data in either direction passes the client's socket. */
const TUNNEL_QUIET_MS = 3_600_000;

/** Carries one request to a server of the slot it belongs to, and the answer back. */
export function proxyRequest(upstreams: Upstreams, backend: Backend, request: IncomingMessage, response: ServerResponse): void {
  const route = routeRequest(backend, request, { end: () => void response.destroy() });
  const cookie = route.cookie === undefined ? [] : ['Set-Cookie', route.cookie];
  response.once('close', () => {
    route.close();
    if (!response.writableFinished) attempt.destroy();
  });
  const attempt = tryServers(upstreams, {
    slot: route.slot,
    request,
    headers: requestHeaders(request),
    isOver: () => response.destroyed,
    answered(answer) {
      route.headed(answer.statusCode ?? 502);
      if (!writesHead(response, answer, cookie)) {
        route.brokeOff();
        answer.destroy();
        return void response.destroy();
      }
      answer.pipe(response);
      answer.once('error', () => {
        if (!response.destroyed) route.brokeOff();
        response.destroy();
      });
    },
    upgraded(_answer, socket) {
      route.headed(101);
      route.brokeOff();
      socket.destroy();
      response.destroy();
    },
    gaveUp(status) {
      route.refused();
      response.writeHead(status, [...cookie, 'Content-Type', 'text/plain', 'Retry-After', '1']).end(FAILURES[status]);
      request.resume();
    },
  });
}

/** @returns false for a head that Node reads but refuses to write, such as one with control characters: the router must survive it. */
function writesHead(response: ServerResponse, answer: IncomingMessage, cookie: readonly string[]): boolean {
  try {
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage ?? '', [...endToEnd(answer), ...cookie]);
    return true;
  } catch {
    return false;
  }
}

/** Carries a connection that changes its protocol, such as a WebSocket. */
export function proxyUpgrade(upstreams: Upstreams, backend: Backend, request: IncomingMessage, client: Socket, head: Buffer): void {
  const route = routeRequest(backend, request, { end: () => void client.destroy() });
  client.once('close', () => {
    route.close();
    attempt.destroy();
  });
  client.on('error', () => client.destroy());
  const upgrade = ['Connection', 'Upgrade', 'Upgrade', request.headers.upgrade ?? ''];
  const attempt = tryServers(upstreams, {
    slot: route.slot,
    request,
    headers: [...requestHeaders(request), ...upgrade],
    isOver: () => client.destroyed,
    answered(answer) {
      route.headed(answer.statusCode ?? 502);
      client.write(formatHead(answer.statusCode ?? 502, answer.statusMessage ?? '', [...endToEnd(answer), 'Connection', 'close']));
      answer.pipe(client);
      answer.once('close', () => client.end());
    },
    upgraded(answer, server, serverHead) {
      route.headed(101);
      client.write(formatHead(101, answer.statusMessage ?? '', [...endToEnd(answer), 'Connection', 'Upgrade', 'Upgrade', answer.headers.upgrade ?? '']));
      tunnel(client, head, server, serverHead);
    },
    gaveUp(status) {
      route.refused();
      client.end(formatHead(status, 'No server', ['Connection', 'close', 'Content-Length', '0']));
    },
  });
}

function tunnel(client: Socket, head: Buffer, server: Socket, serverHead: Buffer): void {
  client.setTimeout(TUNNEL_QUIET_MS, () => client.destroy());
  server.on('error', () => client.destroy());
  client.once('close', () => server.destroy());
  server.once('close', () => client.destroy());
  client.write(serverHead);
  server.write(head);
  server.pipe(client).pipe(server);
}
