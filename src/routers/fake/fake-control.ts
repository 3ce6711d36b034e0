import type { SlotLoad } from '../../domain/analysis/traffic.js';
import { decodeEntry, type Generation, type RouterEntry, type Slot, UNMANAGED_ENTRY } from '../../domain/router/entry.js';
import { type RoutedRequest, slotFor } from '../routing-rule.js';
import { countIn, emptyOut, type FakeBackend, type FakeCounts, type FakeLoss, loadSlot, restartBackend } from './fake-backend.js';
import type { FakeCallName, FakeInstance } from './fake-instance.js';
import type { FakeCall, HeldCall, SteeredWorld } from './fake-world.js';

/** Names no instance: all of them. */
type InstanceName = string | undefined;

export interface FakeTraffic {
  /** Share of a slot's requests that fail, 0 to 1. */
  readonly errorRates?: Partial<Record<Slot, number>>;
  readonly latencyMs?: Partial<Record<Slot, number>>;
}

export interface FakeRouterControl {
  /** Every call on every instance, in the order in which they arrived. */
  readonly calls: readonly FakeCall[];
  /** The instance does not answer until `back`. */
  away(instance: string): void;
  back(instance: string): void;
  /** The instance's disk takes nothing any more, for this reason; undefined: it does again. Noticed when the instance writes next. */
  failDisk(instance: string, detail: string | undefined): void;
  /** The instance, or each, is configured without the backend, or with it; with it at first. */
  unknown(backend: string, instance?: InstanceName): void;
  known(backend: string, instance?: InstanceName): void;
  /** Each call of the instance takes this long; from the router's `timeoutMs` on it fails. */
  slow(instance: string, delayMs: number): void;
  /** Stops the next call of this name before it acts. */
  holdNext(call: FakeCallName): HeldCall;
  /** The server at the address stops answering, or answers again; `up` is the state at first. */
  server(address: string, state: 'up' | 'down'): void;
  /** Sends one request and says which slot served it; undefined: none could (503). */
  send(backend: string, request: RoutedRequest, instance?: string): Slot | undefined;
  /** Sends requests by the split of each instance, spread evenly over instances and buckets. @returns how many each slot served. */
  traffic(backend: string, requests: number, traffic?: FakeTraffic): Record<Slot, number>;
  /** Counts what a slot did as if it had happened. */
  count(backend: string, slot: Slot, counts: FakeCounts, instance?: InstanceName): void;
  /** Sets what the next readings say runs in the slot. The heads of its servers are those since the last call: the next reading tells them, once. */
  load(backend: string, slot: Slot, load: Partial<SlotLoad>, instance?: InstanceName): void;
  /** Sets what a drain of the slot waits for. */
  inFlight(backend: string, slot: Slot, requests: number, instance?: InstanceName): void;
  /** The process starts anew: entry and servers are kept, counters begin at 0. */
  restart(instance: string): void;
  /** The process starts anew without what it had kept. */
  restartWithout(instance: string, lost: FakeLoss): void;
  /** A stranger writes over the entry; any text. */
  overwrite(backend: string, text: string, instance?: InstanceName): void;
  /** @default the first instance */
  entry(backend: string, instance?: string): RouterEntry;
  tombstones(backend: string, instance?: string): readonly Generation[];
  /** Addresses in rotation. */
  rotation(backend: string, slot: Slot, instance?: string): readonly string[];
}

export function createFakeControl(instances: readonly FakeInstance[], world: SteeredWorld): FakeRouterControl {
  const one = (name: InstanceName): FakeInstance => {
    const found = name === undefined ? instances[0] : instances.find((instance) => instance.name === name);
    if (!found) throw new RangeError(`The fake router has no instance ${name}.`);
    return found;
  };
  const meant = (name: InstanceName): readonly FakeInstance[] => (name === undefined ? instances : [one(name)]);
  const named = (name: InstanceName): string[] => meant(name).map((instance) => instance.name);
  const each = (backend: string, name: InstanceName): FakeBackend[] => meant(name).map((instance) => instance.backend(backend));

  function send(backend: string, request: RoutedRequest, instance?: string): Slot | undefined {
    const held = one(instance).backend(backend);
    const up = { blue: healthy(held, 'blue', world), green: healthy(held, 'green', world) };
    const slot = slotFor(request, { entry: decodeEntry(held.text ?? '') ?? UNMANAGED_ENTRY, tombstones: held.tombstones }, up);
    return up[slot] ? slot : undefined;
  }

  return {
    calls: world.calls,
    away: (name) => void (one(name).delayMs = Infinity),
    back: (name) => void (one(name).delayMs = 0),
    failDisk: (name, detail) => void (one(name).diskFailure = detail),
    unknown: (backend, name) => named(name).forEach((instance) => world.unknown.add(`${instance} ${backend}`)),
    known: (backend, name) => named(name).forEach((instance) => world.unknown.delete(`${instance} ${backend}`)),
    slow: (name, delayMs) => void (one(name).delayMs = delayMs),
    holdNext: (call) => world.holdNext(call),
    server: (address, state) => void (state === 'down' ? world.down.add(address) : world.down.delete(address)),
    send,
    traffic: (backend, requests, traffic = {}) => spread(instances, send, { backend, requests, traffic }),
    count: (backend, slot, counts, name) => each(backend, name).forEach((held) => countIn(held.slots[slot], counts)),
    load: (backend, slot, load, name) => each(backend, name).forEach((held) => loadSlot(held.slots[slot], load)),
    inFlight: (backend, slot, requests, name) => each(backend, name).forEach((held) => void (held.slots[slot].inFlight = requests)),
    restart: (name) => one(name).everyBackend().forEach(restartBackend),
    restartWithout: (name, lost) => one(name).everyBackend().forEach((held) => emptyOut(held, lost)),
    overwrite: (backend, text, name) => each(backend, name).forEach((held) => void (held.text = text)),
    entry: (backend, name) => decodeEntry(one(name).backend(backend).text ?? '') ?? UNMANAGED_ENTRY,
    tombstones: (backend, name) => one(name).backend(backend).tombstones,
    rotation: (backend, slot, name) => one(name).backend(backend).slots[slot].servers.filter((server) => server.inRotation).map(({ address }) => address),
  };
}

function healthy(held: FakeBackend, slot: Slot, world: SteeredWorld): boolean {
  return held.slots[slot].servers.some(({ address, inRotation }) => inRotation && !world.down.has(address));
}

interface Spread {
  readonly backend: string;
  readonly requests: number;
  readonly traffic: FakeTraffic;
}

/** Steps through the buckets by the golden ratio: each run of requests is spread nearly evenly, and the same each time. */
const BUCKET_STEP = 6_180;

function spread(instances: readonly FakeInstance[], send: FakeRouterControl['send'], { backend, requests, traffic }: Spread): Record<Slot, number> {
  const served = { blue: 0, green: 0 };
  const owed = { blue: 0, green: 0 };
  for (let n = 0; n < requests; n += 1) {
    const instance = instances[n % instances.length];
    if (!instance) break;
    const round = Math.floor(n / instances.length);
    const bucket = (round * BUCKET_STEP + Math.floor(round / 500)) % 10_000;
    const slot = send(backend, { bucket }, instance.name);
    if (!slot) continue;
    served[slot] += 1;
    owed[slot] += traffic.errorRates?.[slot] ?? 0;
    const errors = owed[slot] >= 1 - 1e-9 ? 1 : 0;
    owed[slot] -= errors;
    countIn(instance.backend(backend).slots[slot], { requests: 1, errors, latencyMs: traffic.latencyMs?.[slot] ?? 5 });
  }
  return served;
}
