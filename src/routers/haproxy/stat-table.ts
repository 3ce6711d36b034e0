import { answered, NO_LOAD } from '../../domain/analysis/traffic.js';
import { SlipwayError } from '../../domain/errors.js';
import type { SlotCounts, SlotReading } from '../router.js';
import type { Ask } from './admin-connection.js';

/** The address of a place of `server-template` that holds no server. */
export const EMPTY_PLACE = { host: '127.0.0.1', port: 1 } as const;
const EMPTY_ADDRESS = `${EMPTY_PLACE.host}:${EMPTY_PLACE.port}`;

/** One place of a `server-template`. */
export interface Place {
  readonly name: string;
  /** Absent: the place is free. */
  readonly address?: string;
  readonly inRotation: boolean;
  readonly up: boolean;
}

export interface BackendStats {
  readonly places: readonly Place[];
  readonly inFlight: number;
  readonly counts: SlotCounts;
}

type Row = Readonly<Record<string, string>>;

/** Reads one backend and its servers. @throws ROUTER_ENTRY_UNKNOWN when HAProxy has no such backend, ROUTER_UNREACHABLE when it answers something else. */
export async function readStats(ask: Ask, backend: string): Promise<BackendStats> {
  const answer = await ask(`show stat ${backend} 6 -1`);
  const rows = rowsOf(answer);
  const total = rows.find((row) => row['svname'] === 'BACKEND');
  if (!total && !answer.startsWith('No such proxy')) throw new SlipwayError('ROUTER_UNREACHABLE', `HAProxy gave no statistics of ${backend}: ${answer.slice(0, 200)}`);
  if (!total) throw new SlipwayError('ROUTER_ENTRY_UNKNOWN', `HAProxy has no backend ${backend}: \`slipway router config haproxy\` prints the configuration.`);
  const servers = rows.filter((row) => row !== total);
  return { places: servers.map(placeOf), inFlight: inFlightOf(total, servers), counts: countsOf(total) };
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

function placeOf(row: Row): Place {
  const { svname: name = '', addr = '', status = '' } = row;
  const inRotation = !/^(MAINT|DRAIN)/.test(status);
  const place = { name, inRotation, up: inRotation && /^(UP|no check)/.test(status) };
  return addr === EMPTY_ADDRESS || addr === '' ? place : { ...place, address: addr };
}

/** The backend also counts what waits for a retry; its servers count what runs. */
function inFlightOf(total: Row, servers: readonly Row[]): number {
  const running = [total, ...servers].reduce((sum, row) => sum + number(row, 'qcur') + (row === total ? 0 : number(row, 'scur')), 0);
  return Math.max(running, number(total, 'scur'));
}

/** An answer that the server broke off was counted by its status, so it is added. */
function countsOf(total: Row): SlotCounts {
  return { ...answered({ requests: number(total, 'req_tot'), errors: number(total, 'hrsp_5xx') + number(total, 'srv_abrt') }), load: NO_LOAD };
}

function number(row: Row, name: string): number {
  return Number(row[name] ?? 0);
}

function rowsOf(csv: string): Row[] {
  const [head = '', ...lines] = csv.split('\n');
  const names = head.replace(/^# /, '').split(',');
  return lines.filter((line) => line.includes(',')).map((line) => {
    const values = fieldsOf(line);
    return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
  });
}

/** Text fields may be quoted and hold commas. */
function fieldsOf(line: string): string[] {
  return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map((match) => (match[1] ?? '').replace(/^"|"$/g, ''));
}
