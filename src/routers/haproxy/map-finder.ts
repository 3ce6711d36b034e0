import { basename, dirname } from 'node:path';
import { decodeEntry } from '../../domain/router/entry.js';
import type { Ask } from './admin-connection.js';
import { noMap, openMap, type RuntimeMap, valueIn } from './runtime-map.js';
import { word } from './word.js';

export interface MapFinder {
  /** @throws ROUTER_ENTRY_UNKNOWN when HAProxy has no map for the backend. */
  open(ask: Ask, backend: string): Promise<RuntimeMap>;
  /** Every map there is, by its backend; of a finder with a folder, those in it. */
  list(ask: Ask): Promise<ReadonlyMap<string, RuntimeMap>>;
  /** The backends that HAProxy has a map of ours for. */
  backends(ask: Ask): Promise<readonly string[]>;
}

/** Finds maps by name in the folder given, or by asking HAProxy for those it has: the path in its configuration is the map's name. */
export function createMapFinder(folder: string | undefined): MapFinder {
  return {
    async open(ask, backend) {
      const path = folder === undefined ? await findMap(ask, backend) : word(`${folder}/${backend}.map`);
      return openMap(ask, backend, path);
    },
    async list(ask) {
      const found = new Map<string, RuntimeMap>();
      for (const path of await nameable(ask, folder)) {
        const backend = basename(path, '.map');
        if (!found.has(backend)) found.set(backend, openMap(ask, backend, path));
      }
      return found;
    },
    async backends(ask) {
      const ours: string[] = [];
      for (const path of await nameable(ask, folder)) if (await isOurs(ask, path)) ours.push(basename(path, '.map'));
      return ours;
    },
  };
}

/** Maps that could be of an entry: a path of other letters is none that a command may name. */
async function nameable(ask: Ask, folder: string | undefined): Promise<ReadonlySet<string>> {
  return new Set((await mapPaths(ask)).filter((path) => /^[\w.@+/-]+\.map$/.test(path) && (folder === undefined || dirname(path) === folder)));
}

/** HAProxy may have maps for other uses, which are not ours to write: what holds an entry of its own name is. */
async function isOurs(ask: Ask, path: string): Promise<boolean> {
  const backend = basename(path, '.map');
  const entry = await valueIn(openMap(ask, backend, path), backend);
  return entry !== undefined && decodeEntry(entry) !== undefined;
}

async function mapPaths(ask: Ask): Promise<readonly string[]> {
  return (await ask('show map')).split('\n').flatMap((line) => /^-?\d+ \((.+?)\) /.exec(line)?.[1] ?? []);
}

async function findMap(ask: Ask, backend: string): Promise<string> {
  const path = (await mapPaths(ask)).find((one) => one === `${backend}.map` || one.endsWith(`/${backend}.map`));
  if (path === undefined) throw noMap(backend, `${backend}.map`);
  return word(path);
}
