import { bucketOf, LATENCY_BOUNDS_MS } from '../../domain/analysis/latency.js';
import { addTraffic, answered, NO_LOAD, NO_TRAFFIC, type ServerLoad, type SlotLoad, type Traffic } from '../../domain/analysis/traffic.js';
import { SLOTS, type Slot } from '../../domain/router/entry.js';
import type { SlotCounters } from '../counters.js';

export interface FakeServer {
  readonly address: string;
  inRotation: boolean;
}

export interface FakeSlot {
  readonly servers: FakeServer[];
  counts: Traffic;
  /** The heads of its servers are totals. */
  load: SlotLoad;
  /** What a drain waits for. */
  inFlight: number;
}

/** What one instance of the fake router holds for one backend. */
export interface FakeBackend {
  /** As text, so that a test can scribble over it; undefined before the first shift. */
  text: string | undefined;
  tombstones: readonly string[];
  epoch: number;
  readonly slots: Readonly<Record<Slot, FakeSlot>>;
}

export function emptyBackend(): FakeBackend {
  return { text: undefined, tombstones: [], epoch: 1, slots: { blue: emptySlot(), green: emptySlot() } };
}

/** As after a crash of a router that persists: entry and servers are kept, counters begin anew. */
export function restartBackend(backend: FakeBackend): void {
  backend.epoch += 1;
  for (const slot of SLOTS) Object.assign(backend.slots[slot], { counts: noCounts(), load: NO_LOAD, inFlight: 0 });
}

/** As after a restart of a router whose files are gone. */
export function emptyOut(backend: FakeBackend, lost: FakeLoss): void {
  restartBackend(backend);
  for (const slot of SLOTS) backend.slots[slot].servers.splice(0);
  if (lost === 'everything') Object.assign(backend, { text: undefined, tombstones: [] });
}

/** `servers`: as a HAProxy whose state file is gone, and which has its map. */
export type FakeLoss = 'servers' | 'everything';

/** What a slot did; but for what is given otherwise, each request was answered well by one attempt at a server. */
export interface FakeCounts extends Partial<Omit<Traffic, 'latency'>> {
  /** How long the heads took that came. @default 5 */
  readonly latencyMs?: number;
}

export function countIn(slot: FakeSlot, { latencyMs = 5, requests = 0, errors = 0, ...more }: FakeCounts): void {
  const { counts } = slot;
  const done = answered({ requests, errors, ...more });
  const bucket = bucketOf(latencyMs);
  const latency = counts.latency?.map((count, index) => (index === bucket ? count + done.headed : count)) ?? [];
  slot.counts = { ...addTraffic(counts, done), latency };
}

/** Sets what runs in the slot; heads of servers are added to those that the same server gave before. */
export function loadSlot(slot: FakeSlot, { waiting = 0, streaming = 0, servers = [] }: Partial<SlotLoad>): void {
  const before = (address: string) => slot.load.servers.find((one) => one.address === address) ?? { attempts: 0, headed: 0 };
  const added = (one: ServerLoad): ServerLoad => {
    const { attempts, headed } = before(one.address);
    return { ...one, attempts: attempts + one.attempts, headed: headed + one.headed };
  };
  slot.load = { waiting, streaming, servers: servers.map(added) };
}

export function countersOf({ counts, load: { waiting, streaming, servers } }: FakeSlot): SlotCounters {
  return { ...counts, waiting, streaming, places: servers.map((server) => ({ place: server.address, ...server })) };
}

function emptySlot(): FakeSlot {
  return { servers: [], counts: noCounts(), load: NO_LOAD, inFlight: 0 };
}

function noCounts(): Traffic {
  return { ...NO_TRAFFIC, latency: Array.from({ length: LATENCY_BOUNDS_MS.length + 1 }, () => 0) };
}
