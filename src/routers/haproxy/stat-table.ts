import { SlipwayError } from '../../domain/errors.js';
import type { SlotReading } from '../router.js';
import type { Ask } from './admin-connection.js';
import { type Place, placeOf } from './place.js';
import { backendRows, type BackendRows, numberIn } from './stat-rows.js';

export interface BackendStats {
  readonly places: readonly Place[];
  readonly inFlight: number;
  readonly rows: BackendRows;
}

/** Reads one backend and its servers. @throws ROUTER_ENTRY_UNKNOWN when HAProxy has no such backend, ROUTER_UNREACHABLE when it answers something else. */
export async function readStats(ask: Ask, backend: string): Promise<BackendStats> {
  const answer = await ask(`show stat ${backend} 6 -1`);
  const rows = backendRows(answer);
  if (rows) return { rows, places: rows.servers.map(placeOf), inFlight: inFlightOf(rows) };
  if (!answer.startsWith('No such proxy')) throw new SlipwayError('ROUTER_UNREACHABLE', `HAProxy gave no statistics of ${backend}: ${answer.slice(0, 200)}`);
  throw new SlipwayError('ROUTER_ENTRY_UNKNOWN', `HAProxy has no backend ${backend}: \`slipway router config haproxy\` prints the configuration.`);
}

export function readingOf({ places, inFlight }: BackendStats): SlotReading {
  const servers = places.flatMap(({ address, inRotation, up }) => (address === undefined ? [] : [{ address, inRotation, up }]));
  return { servers, inFlight };
}

/** @returns an id that differs after each start of the process. */
export async function readEpoch(ask: Ask): Promise<string> {
  const info = await ask('show info');
  const field = (name: string): string => new RegExp(`^${name}: (\\d+)$`, 'm').exec(info)?.[1] ?? '';
  return `${field('Pid')}.${field('Start_time_sec')}`;
}

/** The backend also counts what waits for a retry; its servers count what runs. */
function inFlightOf({ total, servers }: BackendRows): number {
  const running = [total, ...servers].reduce((sum, row) => sum + numberIn(row, 'qcur') + (row === total ? 0 : numberIn(row, 'scur')), 0);
  return Math.max(running, numberIn(total, 'scur'));
}
