import type { Ask } from './admin-connection.js';
import { noMap, openMap, type RuntimeMap } from './runtime-map.js';
import { word } from './word.js';

export interface MapFinder {
  /** @throws ROUTER_ENTRY_UNKNOWN when HAProxy has no map for the backend. */
  open(ask: Ask, backend: string): Promise<RuntimeMap>;
}

/** Finds maps by name in the folder given, or by asking HAProxy for those it has: the path in its configuration is the map's name. */
export function createMapFinder(folder: string | undefined): MapFinder {
  return {
    async open(ask, backend) {
      const path = folder === undefined ? await findMap(ask, backend) : word(`${folder}/${backend}.map`);
      return openMap(ask, backend, path);
    },
  };
}

async function findMap(ask: Ask, backend: string): Promise<string> {
  const listed = (await ask('show map')).split('\n').flatMap((line) => /^-?\d+ \((.+?)\) /.exec(line)?.[1] ?? []);
  const path = listed.find((one) => one === `${backend}.map` || one.endsWith(`/${backend}.map`));
  if (path === undefined) throw noMap(backend, `${backend}.map`);
  return word(path);
}
