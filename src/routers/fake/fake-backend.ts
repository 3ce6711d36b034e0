import { bucketOf, LATENCY_BOUNDS_MS } from '../../domain/analysis/latency.js';
import { addTraffic, answered, NO_LOAD, NO_TRAFFIC } from '../../domain/analysis/traffic.js';
import { SLOTS, type Slot } from '../../domain/router/entry.js';
import type { SlotCounts } from '../router.js';

export interface FakeServer {
  readonly address: string;
  inRotation: boolean;
}

export interface FakeSlot {
  readonly servers: FakeServer[];
  counts: SlotCounts;
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
  for (const slot of SLOTS) Object.assign(backend.slots[slot], { counts: noCounts(), inFlight: 0 });
}

/** As after a restart of a router whose files are gone. */
export function emptyOut(backend: FakeBackend, lost: FakeLoss): void {
  restartBackend(backend);
  for (const slot of SLOTS) backend.slots[slot].servers.splice(0);
  if (lost === 'everything') Object.assign(backend, { text: undefined, tombstones: [] });
}

/** `servers`: as a HAProxy whose state file is gone, and which has its map. */
export type FakeLoss = 'servers' | 'everything';

export interface FakeAnswers {
  readonly requests: number;
  readonly errors?: number;
  /** @default 5 */
  readonly latencyMs?: number;
}

export function countAnswers(slot: FakeSlot, { requests, errors = 0, latencyMs = 5 }: FakeAnswers): void {
  const { counts } = slot;
  const bucket = bucketOf(latencyMs);
  const latency = counts.latency?.map((count, index) => (index === bucket ? count + requests : count)) ?? [];
  slot.counts = { ...addTraffic({ ...counts, latency: [] }, answered({ requests, errors })), load: counts.load, latency };
}

function emptySlot(): FakeSlot {
  return { servers: [], counts: noCounts(), inFlight: 0 };
}

function noCounts(): SlotCounts {
  return { ...NO_TRAFFIC, load: NO_LOAD, latency: Array.from({ length: LATENCY_BOUNDS_MS.length + 1 }, () => 0) };
}
