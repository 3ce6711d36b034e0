import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { behaviourOf, checked, createErrorSpreader } from './behaviour.mjs';
import { createMetrics } from './metrics.mjs';
import { createOrders } from './orders.mjs';

/** What a load balancer needs to see the health change before the socket closes. */
const UNHEALTHY_BEFORE_CLOSE_MS = Number(process.env.CLOSE_DELAY_MS ?? 250);
const CLOSE_TIMEOUT_MS = 10_000;
const MAX_BODY_CHARACTERS = 10_000;

const behaviour = behaviourOf(process.env);
const self = { service: 'storefront', version: behaviour.version, slot: process.env.SLIPWAY_SLOT ?? null, instance: process.env.SLIPWAY_INSTANCE ?? null };
const startedMs = Date.now();
const errs = createErrorSpreader();
const metrics = createMetrics(behaviour.version);
/** In the folder ORDERS_FOLDER; without one this shop takes no orders. */
const orders = process.env.ORDERS_FOLDER ? createOrders(process.env.ORDERS_FOLDER) : undefined;
let inFlight = 0;
let stopping = false;

const server = http.createServer((request, response) => {
  answer(request, response).catch((error) => send(response, 500, { error: error.message }));
});

async function answer(request, response) {
  const { pathname } = new URL(request.url ?? '/', 'http://storefront');
  if (pathname === '/healthz') return isHealthy() ? send(response, 200, { status: 'ok' }) : send(response, 503, { status: stopping ? 'stopping' : 'not ready' });
  if (pathname === '/metrics') return send(response, 200, metrics.print(inFlight), 'text/plain; version=0.0.4');
  if (pathname === '/chaos') return changeBehaviour(request, response);
  if (pathname === '/') return serve(response, async () => [200, self]);
  if (pathname === '/orders' && orders) return serve(response, () => answerOrders(request));
  return send(response, 404, { error: 'There is only /, /orders (where ORDERS_FOLDER is set), /healthz, /metrics and /chaos' });
}

/** `POST /orders` with any JSON object places an order; `GET` tells how many there are, and their checksum. */
async function answerOrders(request) {
  if (request.method === 'GET') return [200, await orders.summary()];
  if (request.method !== 'POST') return [405, { error: 'Use GET or POST' }];
  const order = await orderIn(request);
  return order === undefined ? [400, { error: `An order is a JSON object of at most ${MAX_BODY_CHARACTERS} characters` }] : [201, { id: await orders.place(order) }];
}

async function orderIn(request) {
  try {
    const order = JSON.parse(await bodyOf(request));
    return typeof order === 'object' && order !== null && !Array.isArray(order) ? order : undefined;
  } catch {
    return undefined;
  }
}

/** What a version does wrong, it does to every request of users. */
async function serve(response, work) {
  const begunMs = performance.now();
  inFlight += 1;
  try {
    if (behaviour.latencyMs > 0) await sleep(behaviour.latencyMs);
    const [status, body] = errs(behaviour.errorRate) ? [500, self] : await work().catch((error) => [500, { ...self, error: error.message }]);
    send(response, status, body);
    metrics.record(status, (performance.now() - begunMs) / 1000);
  } finally {
    inFlight -= 1;
  }
}

/** `POST /chaos {"errorRate": 0.5, "latencyMs": 300, "healthy": false}` makes this instance misbehave; `GET` shows how it behaves. */
async function changeBehaviour(request, response) {
  if (request.method === 'GET') return send(response, 200, behaviour);
  if (request.method !== 'POST') return send(response, 405, { error: 'Use GET or POST' });
  try {
    Object.assign(behaviour, checked(JSON.parse(await bodyOf(request))));
    return send(response, 200, behaviour);
  } catch (error) {
    return send(response, 400, { error: error.message });
  }
}

async function bodyOf(request) {
  let body = '';
  for await (const chunk of request) {
    body += chunk;
    if (body.length > MAX_BODY_CHARACTERS) throw new RangeError('the body is too large');
  }
  return body;
}

function isHealthy() {
  return !stopping && behaviour.healthy && Date.now() - startedMs >= behaviour.slowStartMs;
}

function send(response, status, body, type = 'application/json') {
  // While stopping, the last answer on a connection says so: the client opens its next one elsewhere.
  response.writeHead(status, { 'content-type': type, 'x-version': behaviour.version, ...(stopping ? { connection: 'close' } : {}) });
  response.end(typeof body === 'string' ? body : `${JSON.stringify(body)}\n`);
}

/** First unhealthy, then deaf, and gone only when the last request is answered. */
async function stop() {
  if (stopping) return;
  stopping = true;
  await sleep(UNHEALTHY_BEFORE_CLOSE_MS);
  setTimeout(() => process.exit(1), CLOSE_TIMEOUT_MS).unref();
  server.close(() => process.exit(0));
  server.closeIdleConnections();
}

process.on('SIGTERM', stop);
process.on('SIGINT', stop);
server.keepAliveTimeout = 65_000;
server.listen(Number(process.env.PORT ?? 9100), process.env.HOST ?? '127.0.0.1', () => {
  process.stdout.write(`storefront ${behaviour.version} listens on port ${server.address().port}\n`);
});
