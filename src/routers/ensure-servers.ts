import type { RouterInstance } from './router-instance.js';
import type { EnsuredServers, EnsureRequest, SlotReading } from './router.js';
import { formatServerAddress, parseServerAddress } from './server-address.js';

/** Puts what the slot lacks on this instance into rotation and reads it back. What is there already is left as it is, also when somebody took it out of rotation. */
export async function ensureServers(instance: RouterInstance, { servers, backend, slot, fence }: EnsureRequest): Promise<EnsuredServers> {
  const asked = servers.map((server) => ({ ...server, address: formatServerAddress(parseServerAddress(server.address)) }));
  const before = (await instance.read(backend)).slots[slot];
  const absent = asked.filter(({ address }) => !before.servers.some((server) => server.address === address));
  if (absent.length === 0) return { restored: [], down: downOf(asked, before) };
  await instance.ready({ backend, slot, fence }, absent);
  const after = (await instance.read(backend)).slots[slot];
  return { restored: absent.map(({ address }) => address), down: downOf(asked, after) };
}

function downOf(asked: readonly { readonly address: string }[], { servers }: SlotReading): readonly string[] {
  const up = servers.filter((server) => server.up && server.inRotation).map(({ address }) => address);
  return asked.map(({ address }) => address).filter((address) => !up.includes(address));
}
