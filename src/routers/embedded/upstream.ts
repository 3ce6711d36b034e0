import { Agent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import { hasBody } from './headers.js';
import { pickServer, type Server, type SlotState } from './backend.js';

const CONNECT_TIMEOUT_MS = 1_000;
const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS']);

export type FailureStatus = 502 | 503 | 504;

export interface Attempts {
  readonly slot: SlotState;
  readonly request: IncomingMessage;
  readonly headers: readonly string[];
  answered(answer: IncomingMessage): void;
  upgraded(answer: IncomingMessage, socket: Socket, head: Buffer): void;
  /** No server is left to try, or the request may not be repeated. */
  gaveUp(status: FailureStatus): void;
  /** The client is gone: nothing is repeated for it. */
  isOver(): boolean;
}

export interface RunningAttempt {
  destroy(): void;
}

/** How servers are reached. */
export interface Upstreams {
  readonly agent: Agent;
  /** How long a server may say nothing until its answer begins; the time in which a request's body moves does not count. A body may be quiet for ever. */
  readonly answerTimeoutMs: number;
}

/** @param answerTimeoutMs @default 5 minutes, as in the printed HAProxy configuration */
export function createUpstreams(answerTimeoutMs = 300_000): Upstreams {
  return { agent: new Agent({ keepAlive: true, maxSockets: Infinity, maxFreeSockets: 256, scheduling: 'lifo' }), answerTimeoutMs };
}

/**
 * Tries the servers of a slot one after another. A request is repeated only when it never reached a server, or when it has no body and its
 * method promises that repeating it is safe.
 */
export function tryServers({ agent, answerTimeoutMs }: Upstreams, attempts: Attempts): RunningAttempt {
  const { slot, request } = attempts;
  const tried = new Set<Server>();
  const safe = REPEATABLE.has(request.method ?? '') && !hasBody(request);
  let current: ClientRequest | undefined;

  function next(status: FailureStatus): void {
    const server = pickServer(slot, tried);
    if (!server) return attempts.gaveUp(status);
    tried.add(server);
    // An idle connection may be gone without a trace, so what may not be repeated gets a new one.
    attempt(server, safe ? agent : false);
  }

  function attempt(server: Server, connections: Agent | false): void {
    const upstream = openRequest(server, connections, attempts);
    if (!upstream) return attempts.gaveUp(502);
    current = upstream;
    const phase = follow(upstream, server, { ...attempts, answerTimeoutMs });
    upstream.once('error', () => {
      if (phase.began || attempts.isOver()) return;
      if (!phase.reached) server.up = false;
      if (safe && upstream.reusedSocket) attempt(server, false);
      else if (!phase.reached) next(503);
      else if (safe && !phase.late) next(502);
      else attempts.gaveUp(phase.late ? 504 : 502);
    });
    if (!hasBody(request)) upstream.end();
  }

  next(503);
  return { destroy: () => void current?.destroy() };
}

/** @returns undefined for a head that Node reads but refuses to write: the router must survive it. */
function openRequest({ host, port }: Server, agent: Agent | false, { request, headers }: Attempts): ClientRequest | undefined {
  try {
    return httpRequest({ host, port, method: request.method, path: request.url, headers, setHost: false, agent });
  } catch {
    return undefined;
  }
}

interface Phase {
  /** A connection stood, so the server may have acted. */
  reached: boolean;
  began: boolean;
  late: boolean;
}

function follow(upstream: ClientRequest, server: Server, attempts: Attempts & Pick<Upstreams, 'answerTimeoutMs'>): Phase {
  const phase: Phase = { reached: false, began: false, late: false };
  const timer = setTimeout(() => {
    phase.late = true;
    upstream.destroy(new Error('no answer in time'));
  }, attempts.answerTimeoutMs);
  const waits = (): boolean => !phase.began && !upstream.destroyed;
  const begin = (): void => {
    clearTimeout(timer);
    phase.began = true;
    server.headed += 1;
  };
  let tunnel: Socket | undefined;
  const { counts } = attempts.slot;
  counts.attempts += 1;
  server.attempts += 1;
  server.inFlight += 1;
  const leave = (): void => {
    clearTimeout(timer);
    server.inFlight -= 1;
    if (!phase.began) counts.failedAttempts += 1;
  };
  upstream.once('socket', (socket) => whenConnected(socket, () => {
    phase.reached = true;
    if (hasBody(attempts.request)) attempts.request.on('data', () => void (waits() && timer.refresh())).pipe(upstream);
  }));
  upstream.once('response', (answer) => (begin(), attempts.answered(answer)));
  upstream.once('upgrade', (answer, socket: Socket, head) => {
    begin();
    tunnel = socket.once('close', leave);
    attempts.upgraded(answer, socket, head);
  });
  upstream.once('close', () => void (tunnel ?? leave()));
  // After the first error the request is over; later ones of the same socket say nothing new.
  upstream.on('error', () => clearTimeout(timer));
  return phase;
}

function whenConnected(socket: Socket, go: () => void): void {
  if (!socket.connecting) return go();
  const timer = setTimeout(() => socket.destroy(new Error('no connection in time')), CONNECT_TIMEOUT_MS);
  socket.once('connect', () => (clearTimeout(timer), go()));
  socket.once('close', () => clearTimeout(timer));
}
