import { SlipwayError } from '../../domain/errors.js';
import type { RouterServer } from '../router.js';
import { formatServerAddress, parseServerAddress } from '../server-address.js';
import type { Ask } from './admin-connection.js';
import { EMPTY_PLACE, type Place } from './place.js';
import { readStats } from './stat-table.js';

/** Gives each server that has none yet a free place, not in rotation. @throws ROUTER_SLOT_FULL before anything is changed */
export async function fillPlaces(ask: Ask, backend: string, servers: readonly RouterServer[]): Promise<readonly Place[]> {
  const { places } = await readStats(ask, backend);
  const missing = addressesOf(servers).filter((address) => !places.some((place) => place.address === address));
  const free = places.filter((place) => place.address === undefined);
  if (missing.length > free.length) {
    throw new SlipwayError('ROUTER_SLOT_FULL', `${backend} has ${places.length} places, ${free.length} of them free, for ${missing.length} more servers.`);
  }
  for (const [index, address] of missing.entries()) await occupy(ask, backend, free[index], address);
  return missing.length === 0 ? places : confirmed(await readStats(ask, backend), backend, missing);
}

/** Takes servers into rotation. Their health counts as good until HAProxy's first check: probe them before. */
export async function openPlaces(ask: Ask, backend: string, servers: readonly RouterServer[]): Promise<void> {
  const wanted = addressesOf(servers);
  const places = await fillPlaces(ask, backend, servers);
  for (const place of places) {
    if (place.address === undefined || !wanted.includes(place.address) || place.inRotation) continue;
    await order(ask, `set server ${backend}/${place.name} state ready`);
  }
}

/** Takes servers out of rotation and frees their places. */
export async function emptyPlaces(ask: Ask, backend: string, servers: readonly RouterServer[] | undefined): Promise<void> {
  const wanted = servers && addressesOf(servers);
  const { places } = await readStats(ask, backend);
  for (const { name, address } of places) {
    if (address === undefined || (wanted && !wanted.includes(address))) continue;
    await order(ask, `set server ${backend}/${name} state maint`);
    await ask(`set server ${backend}/${name} addr ${EMPTY_PLACE.host} port ${EMPTY_PLACE.port}`);
  }
}

/** Ends every request that still runs. */
export async function cutPlaces(ask: Ask, backend: string): Promise<void> {
  const { places } = await readStats(ask, backend);
  for (const { name } of places) await order(ask, `shutdown sessions server ${backend}/${name}`);
}

async function occupy(ask: Ask, backend: string, place: Place | undefined, address: string): Promise<void> {
  if (!place) return;
  const { host, port } = parseServerAddress(address);
  await order(ask, `set server ${backend}/${place.name} state maint`);
  await ask(`set server ${backend}/${place.name} addr ${host} port ${port}`);
}

/** The answer to a change of address is prose; what counts is what is there afterwards. */
function confirmed({ places }: { readonly places: readonly Place[] }, backend: string, addresses: readonly string[]): readonly Place[] {
  const lost = addresses.filter((address) => !places.some((place) => place.address === address));
  if (lost.length === 0) return places;
  throw new SlipwayError('ROUTER_UNREACHABLE', `HAProxy did not take ${lost.join(', ')} into ${backend}; another writer may have taken the places.`);
}

async function order(ask: Ask, command: string): Promise<void> {
  const answer = await ask(command);
  if (answer !== '') throw new SlipwayError('ROUTER_UNREACHABLE', `HAProxy refused \`${command}\`: ${answer}`);
}

function addressesOf(servers: readonly RouterServer[]): string[] {
  return [...new Set(servers.map(({ address }) => formatServerAddress(parseServerAddress(address))))];
}
