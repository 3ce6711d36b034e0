import { setTimeout as sleep } from 'node:timers/promises';
import { decodeEntry, encodeEntry, type Generation, type Slot, UNMANAGED_ENTRY } from '../../domain/router/entry.js';
import { messageOf, SlipwayError } from '../../domain/errors.js';
import { PERSISTED, type Persistence } from '../../domain/router/persistence.js';
import { applyShift } from '../apply-shift.js';
import { refuseSuperseded } from '../refuse-superseded.js';
import type { RouterInstance } from '../router-instance.js';
import type { FencedSlot, RouterServer, SlotReading } from '../router.js';
import type { Cell } from '../shift-rule.js';
import type { SurveyedEntry } from '../survey.js';
import { countersOf, emptyBackend, type FakeBackend, type FakeSlot } from './fake-backend.js';

/** What the instances of one fake router have in common. */
export interface FakeWorld {
  readonly slotSize: number;
  readonly timeoutMs: number;
  /** Addresses of servers that do not answer. */
  readonly down: ReadonlySet<string>;
  /** Backends that an instance does not have, as `<instance> <backend>`. */
  readonly unknown: ReadonlySet<string>;
  /** Told of each call, before it acts; may hold it up. */
  arrive(call: FakeCallName, instance: string, backend: string): Promise<void>;
}

export type FakeCallName = keyof Omit<RouterInstance, 'name' | 'close' | 'persistence'>;

export interface FakeInstance extends RouterInstance {
  /** `Infinity`: it is away. */
  delayMs: number;
  /** Why its disk takes nothing; undefined: it does. */
  diskFailure: string | undefined;
  backend(name: string): FakeBackend;
  everyBackend(): readonly FakeBackend[];
}

export function createFakeInstance(name: string, world: FakeWorld): FakeInstance {
  const backends = new Map<string, FakeBackend>();
  const backend = (key: string): FakeBackend => {
    const found = backends.get(key) ?? emptyBackend();
    backends.set(key, found);
    return found;
  };

  async function reach(call: FakeCallName, key: string): Promise<FakeBackend> {
    await answer(call, key);
    return backend(key);
  }

  async function answer(call: FakeCallName, key: string): Promise<void> {
    await world.arrive(call, name, key);
    if (instance.delayMs === Infinity) throw new SlipwayError('ROUTER_UNREACHABLE', `Instance ${name} is away.`);
    if (instance.delayMs > 0) await sleep(Math.min(instance.delayMs, world.timeoutMs));
    if (instance.delayMs >= world.timeoutMs) throw new SlipwayError('ROUTER_UNREACHABLE', `Instance ${name} did not answer within ${world.timeoutMs} ms.`);
    if (world.unknown.has(`${name} ${key}`)) throw new SlipwayError('ROUTER_ENTRY_UNKNOWN', `Instance ${name} has no backend ${key}.`);
  }

  async function reachFenced(call: FakeCallName, { backend: key, slot, fence }: FencedSlot): Promise<FakeSlot> {
    const held = await reach(call, key);
    refuseSuperseded(cellOf(held).entry, fence);
    return held.slots[slot];
  }

  let known: Persistence = { persisted: 'unknown', detail: 'nothing was written yet' };
  const save = (): Persistence => {
    known = instance.diskFailure === undefined ? PERSISTED : { persisted: 'no', detail: instance.diskFailure };
    return known;
  };

  const slotReading = (held: FakeBackend, slot: Slot): SlotReading => ({
    servers: held.slots[slot].servers.map(({ address, inRotation }) => ({ address, inRotation, up: inRotation && !world.down.has(address) })),
    inFlight: held.slots[slot].inFlight,
  });

  const surveyed = (held: FakeBackend): SurveyedEntry => {
    const servers = { blue: slotReading(held, 'blue').servers, green: slotReading(held, 'green').servers };
    try {
      return { ok: true, ...cellOf(held), hasEntry: held.text !== undefined, servers };
    } catch (error) {
      return { ok: false, detail: messageOf(error) };
    }
  };
  const epoch = (): number => Math.max(1, ...[...backends.values()].map((held) => held.epoch));

  const instance: FakeInstance = {
    name,
    delayMs: 0,
    diskFailure: undefined,
    backend,
    everyBackend: () => [...backends.values()],
    async read(key) {
      const held = await reach('read', key);
      return { ...cellOf(held), hasEntry: held.text !== undefined, epoch: String(held.epoch), slots: { blue: slotReading(held, 'blue'), green: slotReading(held, 'green') } };
    },
    async survey(keys) {
      await reach('survey', '');
      const isKnown = (key: string): boolean => key !== '' && !world.unknown.has(`${name} ${key}`);
      const entries = keys.filter(isKnown).map((key): [string, SurveyedEntry] => [key, surveyed(backend(key))]);
      return { epoch: String(epoch()), known: [...new Set([...backends.keys(), ...keys])].filter(isKnown), entries: Object.fromEntries(entries) };
    },
    async shift(request) {
      const held = await reach('shift', request.backend);
      const { cell, result } = applyShift(cellOf(held), request);
      Object.assign(held, { text: encodeEntry(cell.entry), tombstones: cell.tombstones });
      if (result.outcome !== 'conflict') save();
      return result;
    },
    async pull(key, generation) {
      bury(await reach('pull', key), generation);
      save();
    },
    async counters(key) {
      const { epoch, slots } = await reach('counters', key);
      return { epoch: String(epoch), slots: { blue: countersOf(slots.blue), green: countersOf(slots.green) } };
    },
    inFlight: async (key, slot) => (await reach('inFlight', key)).slots[slot].inFlight,
    async endRequests(at) {
      (await reachFenced('endRequests', at)).inFlight = 0;
    },
    async register(at, servers) {
      place(await reachFenced('register', at), at.slot, servers, world.slotSize);
      save();
    },
    async ready(at, servers) {
      const held = await reachFenced('ready', at);
      place(held, at.slot, servers, world.slotSize);
      for (const one of held.servers) if (servers.some(({ address }) => address === one.address)) one.inRotation = true;
      save();
    },
    async remove(at, servers) {
      const { servers: here } = await reachFenced('remove', at);
      const kept = servers ? here.filter((one) => !servers.some(({ address }) => address === one.address)) : [];
      here.splice(0, here.length, ...kept);
      save();
    },
    async persist(key) {
      await answer('persist', key ?? '');
      return save();
    },
    persistence: () => known,
    close: async () => {},
  };
  return instance;
}

function cellOf({ text, tombstones }: FakeBackend): Cell {
  const entry = text === undefined ? UNMANAGED_ENTRY : decodeEntry(text);
  if (!entry) throw new SlipwayError('ROUTER_ENTRY_INVALID', `The router holds \`${text}\`, which is no entry of Slipway.`);
  return { entry, tombstones };
}

function bury(held: FakeBackend, generation: Generation): void {
  if (!held.tombstones.includes(generation)) held.tombstones = [...held.tombstones, generation];
}

function place({ servers: here }: FakeSlot, slot: Slot, servers: readonly RouterServer[], slotSize: number): void {
  const missing = servers.filter(({ address }) => !here.some((one) => one.address === address));
  if (here.length + missing.length > slotSize) {
    throw new SlipwayError('ROUTER_SLOT_FULL', `Slot ${slot} has room for ${slotSize} servers and would hold ${here.length + missing.length}.`);
  }
  here.push(...missing.map(({ address }) => ({ address, inRotation: false })));
}
