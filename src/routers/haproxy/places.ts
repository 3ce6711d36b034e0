import { SlipwayError } from '../../domain/errors.js';
import type { RouterServer } from '../router.js';
import { formatServerAddress, parseServerAddress } from '../server-address.js';
import type { FencedBackend, Order } from './fenced-backend.js';
import { EMPTY_PLACE, type Place } from './place.js';

/** Gives each server that has none yet a free place, not in rotation. @throws ROUTER_SLOT_FULL before anything is changed */
export async function fillPlaces(backend: FencedBackend, servers: readonly RouterServer[]): Promise<void> {
  const wanted = addressesOf(servers);
  let missing: readonly string[] = [];
  await backend.order((places) => {
    missing = wanted.filter((address) => !places.some((place) => place.address === address));
    const free = places.filter((place) => place.address === undefined);
    if (missing.length > free.length) {
      throw new SlipwayError('ROUTER_SLOT_FULL', `${backend.name} has ${places.length} places, ${free.length} of them free, for ${missing.length} more servers.`);
    }
    return missing.flatMap((address, index) => occupy(backend.name, free[index], address));
  });
  if (missing.length > 0) confirm(await backend.places(), backend.name, missing);
}

/** Takes servers into rotation. Their health counts as good until HAProxy's first check: probe them before. */
export async function openPlaces(backend: FencedBackend, servers: readonly RouterServer[]): Promise<void> {
  const wanted = addressesOf(servers);
  await fillPlaces(backend, servers);
  await backend.order((places) => places.filter((place) => isOneOf(place, wanted) && !place.inRotation).map(({ name }) => stateOf(backend.name, name, 'ready')));
}

/** Takes servers out of rotation and frees their places. */
export async function emptyPlaces(backend: FencedBackend, servers: readonly RouterServer[] | undefined): Promise<void> {
  const wanted = servers && addressesOf(servers);
  await backend.order((places) => places.filter((place) => isOneOf(place, wanted)).flatMap(({ name }) => [
    stateOf(backend.name, name, 'maint'), addressOf(backend.name, name, EMPTY_PLACE),
  ]));
}

/** Ends every request that still runs. */
export async function cutPlaces(backend: FencedBackend): Promise<void> {
  await backend.order((places) => places.map(({ name }) => ({ command: `shutdown sessions server ${backend.name}/${name}`, answer: 'nothing' })));
}

function occupy(backend: string, place: Place | undefined, address: string): Order[] {
  return place ? [stateOf(backend, place.name, 'maint'), addressOf(backend, place.name, parseServerAddress(address))] : [];
}

function stateOf(backend: string, place: string, state: 'ready' | 'maint'): Order {
  return { command: `set server ${backend}/${place} state ${state}`, answer: 'nothing' };
}

function addressOf(backend: string, place: string, { host, port }: { readonly host: string; readonly port: number }): Order {
  return { command: `set server ${backend}/${place} addr ${host} port ${port}`, answer: 'prose' };
}

/** @param wanted any server when absent */
function isOneOf({ address }: Place, wanted: readonly string[] | undefined): boolean {
  return address !== undefined && (wanted === undefined || wanted.includes(address));
}

/** The answer to a change of address is prose; what counts is what is there afterwards. */
function confirm(places: readonly Place[], backend: string, addresses: readonly string[]): void {
  const lost = addresses.filter((address) => !places.some((place) => place.address === address));
  if (lost.length === 0) return;
  throw new SlipwayError('ROUTER_UNREACHABLE', `HAProxy did not take ${lost.join(', ')} into ${backend}; another writer may have taken the places.`);
}

function addressesOf(servers: readonly RouterServer[]): string[] {
  return [...new Set(servers.map(({ address }) => formatServerAddress(parseServerAddress(address))))];
}
