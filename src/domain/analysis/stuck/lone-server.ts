import type { Crowd } from './crowd.js';
import { sumsOf } from './flow.js';
import type { SlotReading } from './slot-reading.js';
import type { ServerSilence, StuckSightings } from './stuck-sightings.js';

/** So long an instance with requests gives no head. */
export const LONE_AFTER_MS = 10_000;
const OTHERS_HEADED = 10;
/** Where more should wait at any time, an instance that holds a few long requests looks the same, but where long ones are too few. */
const MOST_EXPECTED = 0.5;
const FEW_LONG_MS = 100;
/** So many travel in a heartbeat at most: the longest silent. */
const MOST_SILENT = 32;
/** Readings come a little early now and then. */
export const JITTER_MS = 150;

/** An instance that has answered before needs two requests without a head: a single one may just take long, and the busiest gets no other. */
const SILENT_AFTER_ANSWERS = 2;

type SilentServers = StuckSightings['silentServers'];

/** The instances that hold requests which nobody has seen begin, and none of which waits: streams, whose heads have come. */
export function holding({ servers, waiting }: SlotReading): readonly string[] {
  return waiting > 0 ? [] : Object.entries(servers).flatMap(([address, { inFlight }]) => (inFlight > 0 ? [address] : []));
}

/** @param before those known to have answered */
export function nowAnswering(before: readonly string[], { servers }: SlotReading): readonly string[] {
  const more = Object.entries(servers).flatMap(([address, { headed }]) => (headed > 0 && !before.includes(address) ? [address] : []));
  return more.length === 0 ? before : [...before, ...more];
}

/** An instance is silent while it has requests in flight, gives no head, and some request of the slot waits. */
export function seeServers(before: SilentServers, { servers, waiting }: SlotReading, passedMs: number): SilentServers {
  if (waiting < 1) return {};
  const silent = Object.entries(servers).flatMap(([address, { inFlight, attempts, headed }]): [string, ServerSilence][] => {
    const { ms, tried } = before[address] ?? { ms: 0, tried: 0 };
    return inFlight >= 1 && headed === 0 ? [[address, { ms: ms + passedMs, tried: Math.max(inFlight, tried + attempts) }]] : [];
  });
  return Object.fromEntries(silent.toSorted(([, a], [, b]) => b.ms - a.ms).slice(0, MOST_SILENT));
}

export interface LoneServer {
  readonly address: string;
  readonly ms: number;
}

/** @returns the longest silent instance of those that are it without doubt, when it is too long and the others of the slot answered meanwhile. */
export function loneServer({ silentServers, answering, flow }: StuckSightings, { expected, eachMs }: Crowd): LoneServer | undefined {
  if (expected >= MOST_EXPECTED && eachMs >= FEW_LONG_MS) return undefined;
  const lone = Object.entries(silentServers).find(([address, { ms, tried }]) => {
    return ms >= LONE_AFTER_MS - JITTER_MS && tried >= (answering.includes(address) ? SILENT_AFTER_ANSWERS : 1);
  });
  if (!lone || sumsOf(flow, LONE_AFTER_MS).candidateHeaded < OTHERS_HEADED) return undefined;
  return { address: lone[0], ms: lone[1].ms };
}
