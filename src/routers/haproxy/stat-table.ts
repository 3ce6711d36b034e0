import { SlipwayError } from '../../domain/errors.js';
import type { SlotCounters } from '../counters.js';
import type { SlotReading } from '../router.js';
import type { Ask } from './admin-connection.js';
import { readHeadCounters } from './head-counters.js';
import { type Place, placeOf } from './place.js';
import { rawStreaming, slotCounters } from './slot-counters.js';
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

/** Reads what the backend of a slot has counted. */
export type CountsReader = (ask: Ask, backend: string, epoch: string) => Promise<SlotCounters>;

/**
 * A reader of one HAProxy that learns, whenever a backend is idle, by how much its lines differ with nothing running: a configuration of the
 * operator's own may answer in the backend, and without the table of heads interim answers add up.
 */
export function createCountsReader(): CountsReader {
  const offsets = new Map<string, { readonly epoch: string; readonly offset: number }>();
  return async (ask, backend, epoch) => {
    const { rows } = await readStats(ask, backend);
    const heads = await readHeadCounters(ask, backend);
    if (numberIn(rows.total, 'scur') === 0) offsets.set(backend, { epoch, offset: rawStreaming(rows, heads) });
    const known = offsets.get(backend);
    return slotCounters(rows, heads, known?.epoch === epoch ? known.offset : 0);
  };
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
