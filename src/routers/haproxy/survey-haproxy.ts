import { codeOf, messageOf } from '../../domain/errors.js';
import type { InstanceSurvey, SurveyedEntry } from '../survey.js';
import type { Ask } from './admin-connection.js';
import { backendOf } from './haproxy-config.js';
import type { MapFinder } from './map-finder.js';
import type { RuntimeMap } from './runtime-map.js';
import { readServerStates } from './server-states.js';
import { readEpoch } from './stat-table.js';

/** Reads many entries on one connection: a command for each map, and one for the servers of all. @throws ROUTER_UNREACHABLE */
export async function surveyHaproxy(ask: Ask, finder: MapFinder, backends: readonly string[]): Promise<InstanceSurvey> {
  const [epoch, servers, maps] = await Promise.all([readEpoch(ask), readServerStates(ask), finder.list(ask)]);
  const serversOf = (backend: string) => ({ blue: servers.get(backendOf(backend, 'blue')), green: servers.get(backendOf(backend, 'green')) });
  const known = [...maps.keys()].filter((backend) => serversOf(backend).blue && serversOf(backend).green);
  const entries = await Promise.all(backends.map(async (backend): Promise<readonly [string, SurveyedEntry][]> => {
    const { blue, green } = serversOf(backend);
    const map = maps.get(backend);
    return blue && green && map ? [[backend, await entryOf(map, { blue, green })]] : [];
  }));
  return { epoch, known, entries: Object.fromEntries(entries.flat()) };
}

async function entryOf(map: RuntimeMap, servers: (SurveyedEntry & { readonly ok: true })['servers']): Promise<SurveyedEntry> {
  try {
    const { entry, hasEntry, tombstones } = await map.read();
    return { ok: true, entry, hasEntry, tombstones, servers };
  } catch (error) {
    if (codeOf(error) !== 'ROUTER_ENTRY_INVALID') throw error;
    return { ok: false, detail: messageOf(error) };
  }
}
