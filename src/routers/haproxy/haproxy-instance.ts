import type { Slot } from '../../domain/router/entry.js';
import type { ShiftResult } from '../apply-shift.js';
import type { RouterInstance } from '../router-instance.js';
import type { ShiftRequest } from '../router.js';
import { confirmShift, decideShift, othersOf, type ShiftDecision } from '../shift-rule.js';
import { encodeEntry } from '../../domain/router/entry.js';
import { type AdminAddress, type AdminLimits, type Ask, converse } from './admin-connection.js';
import { createDiskCopy } from './disk-copy.js';
import { backendOf } from './haproxy-config.js';
import { cutPlaces, emptyPlaces, fillPlaces, openPlaces } from './places.js';
import { createMapFinder } from './map-finder.js';
import type { RuntimeMap } from './runtime-map.js';
import { readEpoch, readingOf, readStats } from './stat-table.js';
import { takingTurns } from './taking-turns.js';
import { word } from './word.js';

export interface HaproxyInstanceOptions {
  readonly name: string;
  readonly address: AdminAddress;
  readonly mapFolder?: string;
  readonly stateFile?: string;
  readonly limits: AdminLimits;
  /** Told when map or state file could not be written: traffic is right, a restart would not be. */
  readonly warn: (message: string) => void;
}

/** One HAProxy process, in map mode, through its runtime API. */
export function createHaproxyInstance(options: HaproxyInstanceOptions): RouterInstance {
  const { name, address, limits } = options;
  const maps = createMapFinder(options.mapFolder);
  const talk = <T>(about: (ask: Ask) => Promise<T>): Promise<T> => converse(address, limits, about);
  const onMap = <T>(backend: string, about: (map: RuntimeMap, ask: Ask) => Promise<T>): Promise<T> =>
    talk(async (ask) => about(await maps.open(ask, word(backend)), ask));
  const disk = createDiskCopy(options, { talk, maps });
  // HAProxy has no compare-and-set: writers of this process take turns. A pull compares nothing and never waits.
  const shifts = takingTurns();
  const changes = takingTurns();

  const onSlot = (backend: string, slot: Slot, change: (ask: Ask, name: string) => Promise<unknown>): Promise<void> =>
    changes(async () => {
      await talk((ask) => change(ask, backendOf(word(backend), slot)));
      await disk.keepServers();
    });

  return {
    name,
    read: (backend) => onMap(backend, async (map, ask) => {
      const [cell, blue, green] = [await map.read(), await readStats(ask, backendOf(word(backend), 'blue')), await readStats(ask, backendOf(word(backend), 'green'))];
      return { ...cell, slots: { blue: readingOf(blue), green: readingOf(green) } };
    }),
    async shift(request) {
      const result = await shifts(() => onMap(request.backend, (map) => shiftOn(map, request)));
      if (result.outcome !== 'conflict') await disk.keepMap(request.backend);
      return result;
    },
    async pull(backend, generation) {
      await onMap(backend, (map) => map.bury(generation));
      await disk.keepMap(backend);
    },
    counters: (backend) => talk(async (ask) => {
      const [epoch, blue, green] = [await readEpoch(ask), await readStats(ask, backendOf(word(backend), 'blue')), await readStats(ask, backendOf(word(backend), 'green'))];
      return { epoch, slots: { blue: blue.counts, green: green.counts } };
    }),
    inFlight: (backend, slot) => talk(async (ask) => (await readStats(ask, backendOf(word(backend), slot))).inFlight),
    endRequests: (backend, slot) => talk((ask) => cutPlaces(ask, backendOf(word(backend), slot))),
    register: (backend, slot, servers) => onSlot(backend, slot, (ask, place) => fillPlaces(ask, place, servers)),
    ready: (backend, slot, servers) => onSlot(backend, slot, (ask, place) => openPlaces(ask, place, servers)),
    remove: (backend, slot, servers) => onSlot(backend, slot, (ask, place) => emptyPlaces(ask, place, servers)),
    close: () => changes(async () => {}),
  };
}

/** Reads, compares, sets and reads back on one connection: when it stalls in between, `stats timeout` has cut it off. */
async function shiftOn(map: RuntimeMap, request: ShiftRequest): Promise<ShiftResult> {
  const before = await map.read();
  const decision = decideShift(before, request);
  if (decision.kind !== 'write') return conclude(map, request, decision, 'already');
  await map.writeEntry(encodeEntry(request.entry));
  return conclude(map, request, confirmShift(await map.read(), request), 'done');
}

async function conclude(map: RuntimeMap, request: ShiftRequest, decision: ShiftDecision, success: 'done' | 'already'): Promise<ShiftResult> {
  const { entry, tombstones } = await map.read();
  if (decision.kind === 'conflict') return { outcome: 'conflict', entry, detail: decision.detail };
  if (decision.kind === 'pulled') {
    for (const generation of decision.bury) await map.bury(generation);
    return { outcome: 'pulled', entry, detail: decision.detail };
  }
  if (request.clearOthers) for (const generation of othersOf(tombstones, request.entry.generation)) await map.unbury(generation);
  return { outcome: success, entry };
}
