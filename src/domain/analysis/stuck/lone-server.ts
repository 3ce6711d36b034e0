import { sumsOf } from './flow.js';
import type { SlotReading } from './slot-reading.js';
import type { StuckSightings } from './stuck-sightings.js';

/** So long an instance with requests gives no head. */
export const LONE_AFTER_MS = 10_000;
const OTHERS_HEADED = 10;
/** Where more than this should wait at any time, an instance that holds a few long requests looks the same. */
const MOST_EXPECTED = 0.5;
/** So many travel in a heartbeat at most: the longest silent. */
const MOST_SILENT = 32;
/** Readings come a little early now and then. */
export const JITTER_MS = 150;

/** An instance is silent while it has requests in flight, gives no head, and some request of the slot waits. */
export function seeServers(before: Readonly<Record<string, number>>, { servers, waiting }: SlotReading, passedMs: number): Readonly<Record<string, number>> {
  if (waiting < 1) return {};
  const silent = Object.entries(servers).filter(([, { inFlight, headed }]) => inFlight >= 1 && headed === 0);
  const longest = silent.map(([address]): [string, number] => [address, (before[address] ?? 0) + passedMs]).toSorted((a, b) => b[1] - a[1]);
  return Object.fromEntries(longest.slice(0, MOST_SILENT));
}

/** @returns the instance that has been silent longest, when it is too long and the others of the slot answered meanwhile. */
export function loneServer({ silentServers, flow }: StuckSightings, expected: number): { readonly address: string; readonly ms: number } | undefined {
  if (expected >= MOST_EXPECTED) return undefined;
  const [longest] = Object.entries(silentServers);
  if (!longest || longest[1] < LONE_AFTER_MS - JITTER_MS) return undefined;
  return sumsOf(flow, LONE_AFTER_MS).candidateHeaded >= OTHERS_HEADED ? { address: longest[0], ms: longest[1] } : undefined;
}
