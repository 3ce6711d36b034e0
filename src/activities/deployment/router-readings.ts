import { encodeEntry, SLOTS, splitOf, type Slot } from '../../domain/router/entry.js';
import { SlipwayError } from '../../domain/errors.js';
import type { Instance, Place } from '../../domain/deployment/steps.js';
import { isLasting } from '../../routers/is-lasting.js';
import type { InstanceReading, RouterReading, Unreachable } from '../../routers/router.js';
import { diskFault } from '../disk-of.js';
import type { ActivityDeps } from './deps.js';

/** The instances that answered, without those a person dropped. */
export function answering(reading: RouterReading, except: readonly string[] = []): readonly InstanceReading[] {
  return reading.instances.filter((each): each is InstanceReading => each.ok && !except.includes(each.instance));
}

export function unreachable(reading: RouterReading, except: readonly string[] = []): readonly Unreachable[] {
  return reading.instances.filter((each): each is Unreachable => !each.ok && !except.includes(each.instance));
}

/** Every instance, or an error that names one that does not answer: first of all one that waiting does not mend. @throws ROUTER_UNREACHABLE, ROUTER_ENTRY_UNKNOWN, ROUTER_ENTRY_INVALID */
export function complete(reading: RouterReading, except: readonly string[] = []): readonly InstanceReading[] {
  const away = unreachable(reading, except);
  const first = away.find(isLasting) ?? away[0];
  if (first) throw new SlipwayError(first.code, `router instance ${first.instance}: ${first.detail}`);
  return answering(reading, except);
}

/** The servers of a slot on any instance, each once. */
export function serversOf(readings: readonly InstanceReading[], slot: Slot): readonly Instance[] {
  const addresses = new Set(readings.flatMap((reading) => reading.slots[slot].servers.map((server) => server.address)));
  return [...addresses].map((address) => ({ id: address, address }));
}

/** Leaves what was seen where the API can show it. Best effort. */
export async function showReadings(deps: ActivityDeps, place: Place, readings: readonly InstanceReading[]): Promise<void> {
  const router = deps.router(place.router);
  const at = new Date(deps.clock.now()).toISOString();
  await deps.observations.observe(readings.map(({ instance, entry, tombstones, slots }) => ({
    service: place.service, environment: place.environment, routerInstance: instance, entry: encodeEntry(entry), split: splitOf(entry, tombstones),
    health: { ...healthOf(entry.stable, slots), ...diskFault(router, place.backend, instance) }, at,
  })));
}

function healthOf(stable: Slot, slots: InstanceReading['slots']): { stable: string; candidate: string } {
  const text = (slot: Slot): string => {
    const { servers } = slots[slot];
    return servers.length === 0 ? 'empty' : `${servers.filter((server) => server.up).length} of ${servers.length} up`;
  };
  const candidate = SLOTS.find((slot) => slot !== stable) ?? stable;
  return { stable: text(stable), candidate: text(candidate) };
}
