import { randomUUID } from 'node:crypto';
import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
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

/** The API's refusal, with its code. */
class Refused extends Error {
  constructor(readonly code: string, message: string) {
    super(message);
  }
}

const answer = z.object({ id: z.string(), phase: z.string() });

export function createApiCaller(url: string, key: string): ApiCaller {
  const agent = new Agent({ keepAlive: true });
  const call: ApiCaller['call'] = (method, path, body) => send(`${url}/api/v1${path}`, { agent, method, key, ...(body && { text: JSON.stringify(body) }) });
  return {
    call,
    deploy: (service, version) => onceFree(async () => answer.parse(await call('POST', '/deployments', { service, environment: 'bench', version })).id),
    phase: async (id) => answer.parse(await call('GET', `/deployments/${id}`)).phase,
    close: () => agent.destroy(),
  };
}

const CLOSING_MS = 5_000;

/** A deployment that is recorded as ended holds its service for as long as its run takes to close. */
async function onceFree<T>(deploy: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + CLOSING_MS;
  for (;;) {
    try {
      return await deploy();
    } catch (error) {
      if (!(error instanceof Refused && error.code === 'DEPLOYMENT_LIVE') || performance.now() > deadline) throw error;
    }
    await sleep(20);
  }
}

const problem = z.object({ code: z.string() });

function refusal(what: string, said: string): Error {
  const { success, data } = problem.safeParse(JSON.parse(said));
  return new Refused(success ? data.code : 'INTERNAL', `${what}: ${said}`);
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
      read(response).then((said) => ((response.statusCode ?? 500) < 300 ? resolve(JSON.parse(said)) : reject(refusal(`${method} ${url}`, said))), reject);
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
