import { NO_TRAFFIC, type ServerLoad, type SlotLoad, type Traffic } from '../../src/domain/analysis/traffic.js';
import type { CountsSample } from '../../src/domain/analysis/watch-sample.js';
import { createRandom, type Random } from './random.js';

/** What becomes of one request. */
export interface Fate {
  /** Until its head; `Infinity`: none comes. */
  readonly headMs: number;
  /** From its head to its end. @default 0 */
  readonly bodyMs?: number;
  /** Its client leaves when the head has not come by then. @default never */
  readonly patienceMs?: number;
}

export interface SimulatedSlot {
  readonly perSecond: number;
  /** Instances. The busiest gets the next request last. @default 1 */
  readonly servers?: number;
  /** Its traffic runs so long before the first reading, so that slow requests have become as many as they will. @default 0 */
  readonly warmUpMs?: number;
  /** @param server the number of the instance, from 0. @param atMs since the beginning. */
  fate(random: Random, atMs: number, server: number): Fate;
}

export interface Simulation {
  readonly seed: number;
  readonly seconds: number;
  /** @default every second */
  readonly everyMs?: number;
  readonly stable?: SimulatedSlot;
  readonly candidate: SimulatedSlot;
}

/** Readings of the counters of a router under random arrivals, as a watch would get them: `at` is ms since the beginning. The same seed gives the same. */
export function* readingsOf(simulation: Simulation): Generator<CountsSample> {
  const { seed, seconds, everyMs = 1_000, stable, candidate } = simulation;
  const slots = { stable: createSlot('stable', stable, createRandom(seed)), candidate: createSlot('candidate', candidate, createRandom(seed + 0x9e37)) };
  for (let at = 0; at <= seconds * 1_000; at += everyMs) {
    yield { kind: 'counts', at, missing: [], marks: { a: String(at) }, instances: [{ instance: 'a', stable: slots.stable.readAt(at), candidate: slots.candidate.readAt(at) }] };
  }
}

interface Running {
  readonly server: number;
  readonly headAt: number;
  readonly endAt: number;
  /** Infinity: does not leave. */
  readonly quitAt: number;
}

const NOTHING_COUNTED = { begun: 0, headed: 0, requests: 0, quit: 0 };

function createSlot(name: string, slot: SimulatedSlot | undefined, random: Random) {
  const fromMs = -(slot?.warmUpMs ?? 0);
  const servers = slot?.servers ?? 1;
  let running: Running[] = [];
  let nextAt = slot ? fromMs + random.pause(slot.perSecond) : Infinity;
  let settledAt = fromMs;
  let counted = { ...NOTHING_COUNTED };
  let headed = Array.from({ length: servers }, () => 0);
  let attempts = Array.from({ length: servers }, () => 0);

  /** Counts the heads and ends up to now. */
  function settle(now: number): void {
    running = running.filter((one) => {
      if (one.headAt > settledAt && one.headAt <= now) {
        counted.headed += 1;
        headed[one.server] = (headed[one.server] ?? 0) + 1;
      }
      if (Math.min(one.endAt, one.quitAt) > now) return true;
      counted.requests += 1;
      counted.quit += one.quitAt < one.endAt ? 1 : 0;
      return false;
    });
    settledAt = now;
  }

  function leastBusy(now: number): number {
    if (servers === 1) return 0;
    settle(now);
    const busy = Array.from({ length: servers }, () => 0);
    for (const { server } of running) busy[server] = (busy[server] ?? 0) + 1;
    const least = Math.min(...busy);
    const candidates = busy.flatMap((count, server) => (count === least ? [server] : []));
    return candidates[Math.floor(random.next() * candidates.length)] ?? 0;
  }

  function begin(at: number, { fate }: SimulatedSlot): void {
    const server = leastBusy(at);
    const { headMs, bodyMs = 0, patienceMs = Infinity } = fate(random, at, server);
    const leaves = headMs > patienceMs;
    running.push({ server, headAt: leaves ? Infinity : at + headMs, endAt: leaves ? Infinity : at + headMs + bodyMs, quitAt: leaves ? at + patienceMs : Infinity });
    counted.begun += 1;
    attempts[server] = (attempts[server] ?? 0) + 1;
  }

  function readAt(now: number): Traffic & { readonly load: SlotLoad } {
    for (; slot && nextAt <= now; nextAt += random.pause(slot.perSecond)) begin(nextAt, slot);
    settle(now);
    const read = { ...NO_TRAFFIC, ...counted, attempts: counted.begun, failedAttempts: counted.quit, load: loadAt(now) };
    counted = { ...NOTHING_COUNTED };
    [headed, attempts] = [headed.map(() => 0), attempts.map(() => 0)];
    return read;
  }

  function loadAt(now: number): SlotLoad {
    const waiting = running.filter(({ headAt }) => headAt > now).length;
    const loads = headed.map((count, server): ServerLoad => (
      { address: `${name}-${server}`, inFlight: running.filter((one) => one.server === server).length, attempts: attempts[server] ?? 0, headed: count }
    ));
    return { waiting, streaming: running.length - waiting, servers: loads };
  }

  // What came before the first reading is not counted by it.
  if (fromMs < 0) readAt(0);
  return { readAt };
}
