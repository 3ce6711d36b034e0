import { randomUUID } from 'node:crypto';
import { Agent, type IncomingMessage, request } from 'node:http';
import { z } from 'zod';

const LIMIT_MS = 30_000;

/** A client of the HTTP API that keeps its connections, as one in production would. */
export interface ApiCaller {
  call(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<unknown>;
  /** @returns the deployment's id */
  deploy(service: string, version: string): Promise<string>;
  phase(id: string): Promise<string>;
  close(): void;
}

const answer = z.object({ id: z.string(), phase: z.string() });

export function createApiCaller(url: string, key: string): ApiCaller {
  const agent = new Agent({ keepAlive: true });
  const call: ApiCaller['call'] = (method, path, body) => send(`${url}/api/v1${path}`, { agent, method, key, ...(body && { text: JSON.stringify(body) }) });
  return {
    call,
    deploy: async (service, version) => answer.parse(await call('POST', '/deployments', { service, environment: 'bench', version })).id,
    phase: async (id) => answer.parse(await call('GET', `/deployments/${id}`)).phase,
    close: () => agent.destroy(),
  };
}

interface Sent { readonly agent: Agent; readonly method: string; readonly key: string; readonly text?: string }

function send(url: string, { agent, method, key, text }: Sent): Promise<unknown> {
  const headers = {
    authorization: `Bearer ${key}`,
    ...(text !== undefined && { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
    ...(method === 'POST' && { 'idempotency-key': randomUUID() }),
  };
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method, headers, timeout: LIMIT_MS }, (response) => {
      read(response).then((said) => ((response.statusCode ?? 500) < 300 ? resolve(JSON.parse(said)) : reject(new Error(`${method} ${url}: ${said}`))), reject);
    });
    sent.once('timeout', () => sent.destroy(new Error(`${method} ${url}: no answer within ${LIMIT_MS} ms`)));
    sent.once('error', reject).end(text);
  });
}

async function read(response: IncomingMessage): Promise<string> {
  let said = '';
  for await (const chunk of response.setEncoding('utf8')) said += String(chunk);
  return said;
}
