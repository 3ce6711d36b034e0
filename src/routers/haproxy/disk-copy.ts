import { isAbsolute } from 'node:path';
import { messageOf } from '../../domain/errors.js';
import type { Ask } from './admin-connection.js';
import type { HaproxyInstanceOptions } from './haproxy-instance.js';
import { keptFile } from '../kept-file.js';
import type { MapFinder } from './map-finder.js';
import { openMap } from './runtime-map.js';

/** Map and state file beside a HAProxy on this host, from which it starts again as it was. */
export interface DiskCopy {
  keepMap(backend: string): Promise<void>;
  keepServers(): Promise<void>;
}

export interface Reach {
  readonly talk: <T>(about: (ask: Ask) => Promise<T>) => Promise<T>;
  readonly maps: MapFinder;
}

/** A file that cannot be written is a warning: what the running process holds is right all the same. */
export function createDiskCopy({ name, address, stateFile, warn }: HaproxyInstanceOptions, { talk, maps }: Reach): DiskCopy {
  const local = 'socket' in address;
  const copies = new Map<string, () => Promise<void>>();
  const servers = stateFile === undefined ? undefined : keptFile(stateFile, () => talk(async (ask) => `${await ask('show servers state')}\n`));

  const careful = (what: string, write: () => Promise<void>): Promise<void> =>
    write().catch((error: unknown) => warn(`HAProxy ${name} runs as it should, but ${what} was not written: ${messageOf(error)}`));

  async function mapOf(backend: string): Promise<() => Promise<void>> {
    const known = copies.get(backend);
    if (known) return known;
    const path = await talk(async (ask) => (await maps.open(ask, backend)).path);
    if (!isAbsolute(path)) throw new Error(`the map's path ${path} is not absolute`);
    const keep = keptFile(path, () => talk(async (ask) => openMap(ask, backend, path).dump()));
    copies.set(backend, keep);
    return keep;
  }

  return {
    keepMap: async (backend) => {
      if (local) await careful(`the map of ${backend}`, async () => (await mapOf(backend))());
    },
    keepServers: async () => {
      if (local && servers) await careful('the state file', servers);
    },
  };
}
