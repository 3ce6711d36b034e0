import type { Ask } from './admin-connection.js';
import { noMap, openMap, type RuntimeMap } from './runtime-map.js';
import { word } from './word.js';

export interface MapFinder {
  /** @throws ROUTER_UNREACHABLE when HAProxy has no map for the backend. */
  open(ask: Ask, backend: string): Promise<RuntimeMap>;
  /** Every map there is, by its backend; of a finder with a folder, those in it. */
  list(ask: Ask): Promise<ReadonlyMap<string, RuntimeMap>>;
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
      for (const path of await listMaps(ask)) {
        const [, place = '', backend] = /^(?:(.*)\/)?([^/]+)\.map$/.exec(path) ?? [];
        if (backend === undefined || found.has(backend) || (folder !== undefined && place !== folder)) continue;
        found.set(backend, openMap(ask, backend, word(path)));
      }
      return found;
    },
  };
}

async function listMaps(ask: Ask): Promise<readonly string[]> {
  return (await ask('show map')).split('\n').flatMap((line) => /^-?\d+ \((.+?)\) /.exec(line)?.[1] ?? []);
}

async function findMap(ask: Ask, backend: string): Promise<string> {
  const listed = await listMaps(ask);
  const path = listed.find((one) => one === `${backend}.map` || one.endsWith(`/${backend}.map`));
  if (path === undefined) throw noMap(backend, `${backend}.map`);
  return word(path);
}
