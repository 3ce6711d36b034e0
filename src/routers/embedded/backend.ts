import { LATENCY_BOUNDS_MS } from '../../domain/analysis/latency.js';
import { NO_TRAFFIC, type Traffic } from '../../domain/analysis/traffic.js';
import { type Slot, UNMANAGED_ENTRY } from '../../domain/router/entry.js';
import type { RouterServer } from '../router.js';
import type { Cell } from '../shift-rule.js';
import { formatServerAddress, type HostPort, parseServerAddress } from '../server-address.js';

/** One server of a slot. */
export interface Server extends HostPort {
  readonly id: string;
  readonly address: string;
  inRotation: boolean;
  /** By our own checks; good at first, as it was probed before it became ready. */
  up: boolean;
  failedChecks: number;
  /** Attempts that run. */
  inFlight: number;
  /** Attempts that began at it. */
  attempts: number;
  /** Heads that came from it. */
  headed: number;
}

/** A request or an upgraded connection that runs. */
export interface LiveRequest {
  end(): void;
}

export interface SlotState {
  servers: readonly Server[];
  /** Since the process started. */
  readonly counts: SlotTally;
  /** Requests that have their slot and no head yet. */
  waiting: number;
  /** Requests with a head that have not ended. */
  streaming: number;
  readonly live: Set<LiveRequest>;
}

export type SlotTally = Record<Exclude<keyof Traffic, 'latency'>, number> & { readonly latency: number[] };

/** All that the router holds about one environment of a service. */
export interface Backend {
  readonly name: string;
  cell: Cell;
  readonly slots: Readonly<Record<Slot, SlotState>>;
}

export function createBackend(name: string): Backend {
  return { name, cell: { entry: UNMANAGED_ENTRY, tombstones: [] }, slots: { blue: createSlot(), green: createSlot() } };
}

function createSlot(): SlotState {
  const latency = Array.from({ length: LATENCY_BOUNDS_MS.length + 1 }, () => 0);
  return { servers: [], counts: { ...NO_TRAFFIC, latency }, waiting: 0, streaming: 0, live: new Set() };
}

/** Puts servers into the slot; those it has are left as they are. @throws TARGET_OUTPUT_INVALID */
export function registerServers(slot: SlotState, servers: readonly RouterServer[]): void {
  const added = servers.map(createServer).filter(({ address }) => !slot.servers.some((one) => one.address === address));
  slot.servers = [...slot.servers, ...added];
}

export function readyServers(slot: SlotState, servers: readonly RouterServer[]): void {
  registerServers(slot, servers);
  const wanted = new Set(servers.map((server) => createServer(server).address));
  for (const server of slot.servers) {
    if (!wanted.has(server.address) || server.inRotation) continue;
    Object.assign(server, { inRotation: true, up: true, failedChecks: 0 });
  }
}

/** @param addresses of those to take out; all when absent */
export function removeServers(slot: SlotState, addresses: readonly string[] | undefined): void {
  slot.servers = addresses ? slot.servers.filter(({ address }) => !addresses.includes(address)) : [];
}

export function isUp(slot: SlotState): boolean {
  return slot.servers.some((server) => server.inRotation && server.up);
}

/** The server with the fewest requests of those that serve and were not tried yet. */
export function pickServer(slot: SlotState, tried: ReadonlySet<Server>): Server | undefined {
  const able = slot.servers.filter((server) => server.inRotation && server.up && !tried.has(server));
  return able.reduce<Server | undefined>((best, server) => (best && best.inFlight <= server.inFlight ? best : server), undefined);
}

function createServer({ id, address }: RouterServer): Server {
  const place = parseServerAddress(address);
  return { ...place, id, address: formatServerAddress(place), inRotation: false, up: true, failedChecks: 0, inFlight: 0, attempts: 0, headed: 0 };
}
