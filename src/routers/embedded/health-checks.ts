import { get } from 'node:http';
import { SLOTS } from '../../domain/router/entry.js';
import type { Backend, Server } from './backend.js';

const EVERY_MS = 500;
const TIMEOUT_MS = 1_000;
const FAILURES_UNTIL_DOWN = 2;

export interface HealthChecks {
  stop(): void;
}

/**
 * Asks each server in rotation every 500 ms. Two failures in a row take it out, one good answer brings it back. An answer below 500 is good:
 * whether a release is well is judged by the deployment's own probes, this only finds servers that are gone.
 */
export function startHealthChecks(backends: () => Iterable<Backend>, path: string): HealthChecks {
  const asked = new Set<Server>();
  const timer = setInterval(() => {
    for (const server of serversOf(backends())) {
      if (asked.has(server)) continue;
      asked.add(server);
      check(server, path, (answer) => {
        asked.delete(server);
        judge(server, answer);
      });
    }
  }, EVERY_MS);
  return { stop: () => clearInterval(timer) };
}

function serversOf(backends: Iterable<Backend>): Server[] {
  return [...backends].flatMap(({ slots }) => SLOTS.flatMap((slot) => slots[slot].servers.filter((server) => server.inRotation)));
}

type Answer = 'good' | 'bad';

function judge(server: Server, answer: Answer): void {
  server.failedChecks = answer === 'good' ? 0 : server.failedChecks + 1;
  if (answer === 'good') server.up = true;
  else if (server.failedChecks >= FAILURES_UNTIL_DOWN) server.up = false;
}

function check({ host, port }: Server, path: string, tell: (answer: Answer) => void): void {
  const request = get({ host, port, path, agent: false, signal: AbortSignal.timeout(TIMEOUT_MS) }, (response) => {
    response.resume();
    response.once('error', () => {});
    tell((response.statusCode ?? 500) < 500 ? 'good' : 'bad');
  });
  let answered = false;
  request.once('response', () => void (answered = true));
  request.on('error', () => {
    if (!answered) tell('bad');
    answered = true;
  });
}
