import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import { codeOf, messageOf, SlipwayError } from '../../domain/errors.js';
import { ERRORS } from '../../domain/error-registry.js';
import { encodeEntry, NO_GENERATION, SLOTS, type Slot } from '../../domain/router/entry.js';
import type { Fence } from '../../domain/router/fence.js';
import type { Persistence } from '../../domain/router/persistence.js';
import { applyShift } from '../apply-shift.js';
import type { SlotCounters } from '../counters.js';
import type { KeptFile } from '../kept-file.js';
import { refuseSuperseded } from '../refuse-superseded.js';
import type { SlotReading } from '../router.js';
import { FenceBody, PullBody, RemoveBody, ServersBody, ShiftBody } from './admin-messages.js';
import { type Backend, readyServers, registerServers, removeServers, type SlotState } from './backend.js';

const LARGEST_BODY = 256 * 1_024;

export interface AdminApi {
  readonly backends: ReadonlyMap<string, Backend>;
  readonly token: string;
  /** Differs after each start, as the counters do. */
  readonly epoch: string;
  /** The state on disk. */
  readonly file: KeptFile;
}

/** Answers one request to the admin port: `/v1/backends/<backend>[/<action>[/<slot>]]`; without a backend, the state of all. */
export async function answerAdmin(api: AdminApi, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const { pathname } = new URL(request.url ?? '/', 'http://admin');
    if (pathname === '/healthz') return send(response, 200, { ok: true });
    if (!isAllowed(request, api.token)) throw new SlipwayError('UNAUTHENTICATED', 'The token is not the one of this router.');
    const [, version, noun, name = '', action = 'state', slot = ''] = pathname.split('/');
    if (version === 'v1' && noun === 'backends' && name === '') return send(response, 200, { backends: Object.fromEntries([...api.backends].map(([key, each]) => [key, stateOf(api, each)])) });
    if (request.method === 'POST' && version === 'v1' && noun === 'persist') return send(response, 200, await saved(api));
    const backend = api.backends.get(name);
    if (version !== 'v1' || noun !== 'backends') throw new SlipwayError('ROUTE_NOT_FOUND', `The admin API knows no \`${pathname}\`.`);
    if (!backend) throw new SlipwayError('ROUTER_ENTRY_UNKNOWN', `This router listens for no backend ${name}: \`--listen\` names those it has.`);
    send(response, 200, await act(api, backend, `${request.method} ${action}`, { slot, body: () => bodyOf(request) }));
  } catch (error) {
    refuse(response, error);
  }
}

interface Act {
  readonly slot: string;
  body(): Promise<unknown>;
}

async function act(api: AdminApi, backend: Backend, what: string, { slot, body }: Act): Promise<object> {
  // Between this and the change nobody else gets a turn.
  const fencedSlot = ({ fence }: { readonly fence: Fence }): SlotState => {
    refuseSuperseded(backend.cell.entry, fence);
    return backend.slots[slotNamed(slot)];
  };
  switch (what) {
    case 'GET state':
      return stateOf(api, backend);
    case 'GET counters':
      return { epoch: api.epoch, slots: perSlot(backend, countersOf) };
    case 'POST shift': {
      const { cell, result } = applyShift(backend.cell, { ...ShiftBody.parse(await body()), backend: backend.name });
      backend.cell = cell;
      return { ...result, entry: encodeEntry(result.entry), ...(await saved(api)) };
    }
    case 'POST pull': {
      const { generation } = PullBody.parse(await body());
      const { entry, tombstones } = backend.cell;
      if (!tombstones.includes(generation)) backend.cell = { entry, tombstones: [...tombstones, generation] };
      return saved(api);
    }
    case 'POST end':
      for (const live of fencedSlot(FenceBody.parse(await body())).live) live.end();
      return {};
    case 'POST register': {
      const given = ServersBody.parse(await body());
      registerServers(fencedSlot(given), given.servers);
      return saved(api);
    }
    case 'POST ready': {
      const given = ServersBody.parse(await body());
      readyServers(fencedSlot(given), given.servers);
      return saved(api);
    }
    case 'POST remove': {
      const given = RemoveBody.parse(await body());
      removeServers(fencedSlot(given), given.servers?.map(({ address }) => address));
      return saved(api);
    }
    default:
      throw new SlipwayError('ROUTE_NOT_FOUND', `The admin API knows no \`${what}\`.`);
  }
}

function stateOf({ epoch, file }: AdminApi, backend: Backend): object {
  const { entry, tombstones } = backend.cell;
  return { entry: encodeEntry(entry), hasEntry: entry.generation !== NO_GENERATION, tombstones, epoch, slots: perSlot(backend, readingOf), persistence: file.persistence };
}

async function saved(api: AdminApi): Promise<{ readonly persistence: Persistence }> {
  return { persistence: await api.file.keep() };
}

function perSlot<T>({ slots }: Backend, of: (slot: SlotState) => T): Record<Slot, T> {
  return { blue: of(slots.blue), green: of(slots.green) };
}

function readingOf({ servers, live }: SlotState): SlotReading {
  return { servers: servers.map(({ address, inRotation, up }) => ({ address, inRotation, up: inRotation && up })), inFlight: live.size };
}

function countersOf({ counts, waiting, streaming, servers }: SlotState): SlotCounters {
  const places = servers.map(({ address, inFlight, attempts, headed }) => ({ place: address, address, inFlight, attempts, headed }));
  return { ...counts, waiting, streaming, places };
}

function slotNamed(name: string): Slot {
  const slot = SLOTS.find((one) => one === name);
  if (!slot) throw new SlipwayError('ROUTE_NOT_FOUND', `There is no slot \`${name}\`: it is blue or green.`);
  return slot;
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) { // a request without an encoding gives buffers
    size += chunk.length;
    if (size > LARGEST_BODY) throw new SlipwayError('BODY_TOO_LARGE', `The admin API takes at most ${LARGEST_BODY} bytes.`);
    chunks.push(chunk);
  }
  if (size === 0) return {};
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch (error) {
    throw new SlipwayError('MALFORMED_BODY', `The body is no JSON: ${messageOf(error)}`, { cause: error });
  }
}

function isAllowed({ headers }: IncomingMessage, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${token}`));
}

function refuse(response: ServerResponse, error: unknown): void {
  if (error instanceof z.ZodError) return send(response, 400, { code: 'INVALID_REQUEST', detail: z.prettifyError(error) });
  const code = codeOf(error);
  send(response, ERRORS[code].status, { code, detail: messageOf(error) });
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
