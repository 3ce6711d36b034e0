import type { Crowd } from './crowd.js';
import { sumsOf } from './flow.js';
import type { SlotReading } from './slot-reading.js';
import type { StuckSightings } from './stuck-sightings.js';

/** So long an instance with requests gives no head. */
export const LONE_AFTER_MS = 10_000;
const OTHERS_HEADED = 10;
/** Where more than this should wait at any time, an instance that holds a few long requests looks the same, but where long ones are too few. */
const MOST_EXPECTED = 0.5;
const FEW_LONG_MS = 100;
/** So many travel in a heartbeat at most: the longest silent. */
const MOST_SILENT = 32;
/** Readings come a little early now and then. */
export const JITTER_MS = 150;

/** Of an instance that has answered before, one request that gets no head may just take long: the busiest gets no other. Two are none too many for chance. */
const SILENT_AFTER_ANSWERS = 2;

/** The instances that hold requests which nobody has seen begin, and none of which waits: streams, whose heads have come. */
export function holding({ servers, waiting }: SlotReading): readonly string[] {
  return waiting > 0 ? [] : Object.entries(servers).flatMap(([address, { inFlight }]) => (inFlight > 0 ? [address] : []));
}

/** @param before those known to have answered */
export function nowAnswering(before: readonly string[], { servers }: SlotReading): readonly string[] {
  const more = Object.entries(servers).flatMap(([address, { headed }]) => (headed > 0 && !before.includes(address) ? [address] : []));
  return more.length === 0 ? before : [...before, ...more];
}

/** An instance is silent while it has requests in flight, more of them where it has answered before, gives no head, and as many of the slot wait. */
export function seeServers(before: Readonly<Record<string, number>>, { servers, waiting, answering }: SlotReading & { readonly answering: readonly string[] }, passedMs: number): Readonly<Record<string, number>> {
  const silent = Object.entries(servers).filter(([address, { inFlight, headed }]) => {
    const least = answering.includes(address) ? SILENT_AFTER_ANSWERS : 1;
    return headed === 0 && inFlight >= least && waiting >= least;
  });
  const longest = silent.map(([address]): [string, number] => [address, (before[address] ?? 0) + passedMs]).toSorted((a, b) => b[1] - a[1]);
  return Object.fromEntries(longest.slice(0, MOST_SILENT));
}

/** @returns the instance that has been silent longest, when it is too long and the others of the slot answered meanwhile. */
export function loneServer({ silentServers, flow }: StuckSightings, { expected, eachMs }: Crowd): { readonly address: string; readonly ms: number } | undefined {
  if (expected >= MOST_EXPECTED && eachMs >= FEW_LONG_MS) return undefined;
  const [longest] = Object.entries(silentServers);
  if (!longest || longest[1] < LONE_AFTER_MS - JITTER_MS) return undefined;
  return sumsOf(flow, LONE_AFTER_MS).candidateHeaded >= OTHERS_HEADED ? { address: longest[0], ms: longest[1] } : undefined;
}
