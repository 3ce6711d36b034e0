import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { Slot } from '../../src/domain/router/entry.js';
import type { HeldRequest, LeavableRequest, RouterScene, SceneAnswer, SceneRequest } from '../../src/routers/contract/scene.js';
import { type Origin, type OriginRoute, startOrigin } from './origin.js';

export interface Origins {
  readonly blue: Origin;
  readonly green: Origin;
}

export async function startOrigins(routes: Readonly<Record<string, OriginRoute>> = {}): Promise<Origins> {
  const [blue, green] = await Promise.all([startOrigin('blue', routes), startOrigin('green', routes)]);
  return { blue, green };
}

export type SceneTraffic = Pick<RouterScene, 'servers' | 'send' | 'hold' | 'hang' | 'hangUp' | 'upgrade' | 'answer' | 'server'> & {
  /** Sends a GET to the slot whose server never answers, and waits for the router's patience to end. */
  outwait(slot: Slot): Promise<{ readonly status: number; readonly tries: number }>;
  stopOrigins(): Promise<void>;
};

/** The half of a scene that is the same for every router that takes HTTP: servers, and requests through the port. */
export function trafficScene(origins: Origins, port: number): SceneTraffic {
  return {
    servers: { blue: { id: 'b1', address: origins.blue.address }, green: { id: 'g1', address: origins.green.address } },
    send: (request) => send(port, request),
    hold: (slot) => hold(port, origins[slot]),
    hang: (slot) => hang(port, origins[slot]),
    async hangUp(slot) {
      const before = origins[slot].hangUps;
      await get(port, '/hang-up', headersOf({ override: slot }));
      return { tries: origins[slot].hangUps - before };
    },
    upgrade: (slot) => upgrade(port, slot),
    async outwait(slot) {
      const before = origins[slot].served;
      const { status } = await get(port, '/hang', headersOf({ override: slot }));
      return { status, tries: origins[slot].served - before };
    },
    answer: (slot, how) => origins[slot].answer(how),
    server: (slot, state) => (state === 'down' ? origins[slot].die() : origins[slot].comeBack()),
    async stopOrigins() {
      await Promise.all([origins.blue.die(), origins.green.die()]);
    },
  };
}

async function send(port: number, request: SceneRequest = {}): Promise<SceneAnswer> {
  const { status, headers } = await get(port, '/', headersOf(request));
  const slot = headers['x-served-by'];
  const bucket = /slipway_b=(\d+)/.exec(headers['set-cookie']?.join(';') ?? '')?.[1];
  return { status, ...(slot === 'blue' || slot === 'green' ? { slot } : {}), ...(bucket === undefined ? {} : { bucket: Number(bucket) }) };
}

export function headersOf({ bucket, override }: SceneRequest): Record<string, string> {
  return { ...(bucket === undefined ? {} : { cookie: `slipway_b=${bucket}` }), ...(override ? { 'x-slipway-slot': override } : {}) };
}

interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request on a connection of its own. @throws when the answer breaks off. */
export function get(port: number, path: string, headers: Record<string, string> = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, path, headers, agent: false }, (answer) => {
      bodyOf(answer).then((body) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }), reject);
    });
    sent.once('error', reject).end();
  });
}

async function bodyOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(Buffer.from(chunk as Uint8Array)); // a response without an encoding gives buffers
  if (!answer.complete) throw new Error('The answer broke off.');
  return Buffer.concat(chunks).toString();
}

async function hold(port: number, origin: Origin): Promise<HeldRequest> {
  // The names of the origins are those of the slots.
  const headers = headersOf({ override: origin.name as Slot });
  const ended = get(port, '/hold', headers).then(() => 'answered' as const, () => 'cut' as const);
  await origin.heldOne();
  return { ended, finish: async () => origin.finishHeld() };
}

async function hang(port: number, origin: Origin): Promise<LeavableRequest> {
  const sent = httpRequest({ host: '127.0.0.1', port, path: '/hang', headers: headersOf({ override: origin.name as Slot }), agent: false }); // the names of the origins are those of the slots
  sent.on('error', () => {}).end();
  await origin.hungOne();
  return { leave: async () => void sent.destroy() };
}

const WEBSOCKET = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' };

function upgrade(port: number, slot: Slot): Promise<LeavableRequest> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, path: '/socket', headers: { ...headersOf({ override: slot }), ...WEBSOCKET }, agent: false });
    sent.once('upgrade', (_answer, socket) => resolve({ leave: async () => void socket.destroy() }));
    sent.once('response', (answer) => reject(new Error(`The upgrade was answered ${answer.statusCode}.`)));
    sent.once('error', reject).end();
  });
}
