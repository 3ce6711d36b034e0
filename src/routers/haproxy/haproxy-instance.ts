import type { Logger } from '../../domain/logger.js';
import type { RouterInstance } from '../router-instance.js';
import type { FencedSlot } from '../router.js';
import { type AdminAddress, type AdminLimits, type Ask, type AskAll, closeWhenStalled, converse } from './admin-connection.js';
import { createCountersReader } from './counters-reader.js';
import type { DiskCopy } from './disk-copy.js';
import { fencedBackend, type FencedBackend } from './fenced-backend.js';
import { backendOf } from './haproxy-config.js';
import { createLocalCopy } from './local-copy.js';
import { createMapFinder } from './map-finder.js';
import { cutPlaces, emptyPlaces, fillPlaces, openPlaces } from './places.js';
import { createRemoteCopy } from './remote-copy.js';
import type { RuntimeMap } from './runtime-map.js';
import { shiftOnMap } from './shift-on-map.js';
import { surveyHaproxy } from './survey-haproxy.js';
import { readEpoch, readingOf, readStats } from './stat-table.js';
import { takingTurns } from './taking-turns.js';
import { word } from './word.js';

export interface HaproxyInstanceOptions {
  readonly name: string;
  readonly address: AdminAddress;
  readonly mapFolder?: string;
  readonly stateFile?: string;
  readonly limits: AdminLimits;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

/** One HAProxy process, in map mode, through its runtime API. */
export function createHaproxyInstance(options: HaproxyInstanceOptions): RouterInstance {
  const { name, address, limits } = options;
  const maps = createMapFinder(options.mapFolder);
  const readCounters = createCountersReader();
  const talk = <T>(about: (ask: Ask, askAll: AskAll) => Promise<T>): Promise<T> => converse(address, limits, about);
  const onMap = <T>(backend: string, about: (map: RuntimeMap, ask: Ask) => Promise<T>): Promise<T> =>
    talk(async (ask) => about(await maps.open(ask, word(backend)), ask));
  const disk: DiskCopy = 'socket' in address ? createLocalCopy(options, { talk, maps }) : createRemoteCopy({ talk, maps });
  // HAProxy has no compare-and-set: writers of this process take turns. A pull compares nothing and never waits.
  const shifts = takingTurns();
  const changes = takingTurns();

  const onSlot = ({ backend, slot, fence }: FencedSlot, change: (on: FencedBackend) => Promise<void>): Promise<void> => talk(async (ask, askAll) => {
    await closeWhenStalled(ask);
    const map = await maps.open(ask, word(backend));
    await change(fencedBackend({ name: backendOf(word(backend), slot), ask, askAll, map, fence, stallLimitMs: limits.stallLimitMs }));
  });
  const onServers = (at: FencedSlot, change: (on: FencedBackend) => Promise<void>): Promise<void> => changes(at.backend, async () => {
    await onSlot(at, change);
    await disk.keepServers();
  });

  return {
    name,
    read: (backend) => onMap(backend, async (map, ask) => {
      const [cell, blue, green] = [await map.read(), await readStats(ask, backendOf(word(backend), 'blue')), await readStats(ask, backendOf(word(backend), 'green'))];
      await disk.look(ask, backend, map);
      return { ...cell, epoch: await readEpoch(ask), slots: { blue: readingOf(blue), green: readingOf(green) } };
    }),
    survey: (backends) => talk((ask) => surveyHaproxy(ask, maps, backends)),
    async shift(request) {
      const result = await shifts(request.backend, () => onMap(request.backend, async (map, ask) => {
        await closeWhenStalled(ask);
        return shiftOnMap(map, request, limits);
      }));
      if (result.outcome !== 'conflict') await disk.keepMap(request.backend);
      return result;
    },
    async pull(backend, generation) {
      await onMap(backend, (map) => map.bury(generation));
      await disk.keepMap(backend);
    },
    counters: (backend) => talk((ask) => readCounters(ask, { blue: backendOf(word(backend), 'blue'), green: backendOf(word(backend), 'green') })),
    inFlight: (backend, slot) => talk(async (ask) => (await readStats(ask, backendOf(word(backend), slot))).inFlight),
    endRequests: (at) => onSlot(at, cutPlaces),
    register: (at, servers) => onServers(at, (on) => fillPlaces(on, servers)),
    ready: (at, servers) => onServers(at, (on) => openPlaces(on, servers)),
    remove: (at, servers) => onServers(at, (on) => emptyPlaces(on, servers)),
    async persist(backend) {
      if (backend === undefined) await disk.keepAll();
      else {
        await onMap(backend, (map, ask) => disk.look(ask, backend, map));
        await Promise.all([disk.keepMap(backend), disk.keepServers()]);
      }
      return disk.of(backend);
    },
    persistence: (backend) => disk.of(backend),
    close: async () => {},
  };
}
