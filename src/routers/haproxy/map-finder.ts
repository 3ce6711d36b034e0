import { basename, dirname } from 'node:path';
import { decodeEntry } from '../../domain/router/entry.js';
import type { Ask } from './admin-connection.js';
import { noMap, openMap, type RuntimeMap, valueIn } from './runtime-map.js';
import { word } from './word.js';

export interface MapFinder {
  /** @throws ROUTER_ENTRY_UNKNOWN when HAProxy has no map for the backend. */
  open(ask: Ask, backend: string): Promise<RuntimeMap>;
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
    async backends(ask) {
      const paths = (await mapPaths(ask)).filter((path) => /^[\w.@+/-]+\.map$/.test(path) && (folder === undefined || dirname(path) === folder));
      const ours: string[] = [];
      for (const path of new Set(paths)) if (await isOurs(ask, path)) ours.push(basename(path, '.map'));
      return ours;
    },
  };
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
