import type { Row } from './stat-rows.js';

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

export function placeOf(row: Row): Place {
  const { svname: name = '', addr = '', status = '' } = row;
  const inRotation = !/^(MAINT|DRAIN)/.test(status);
  const place = { name, inRotation, up: inRotation && /^(UP|no check)/.test(status) };
  return addr === EMPTY_ADDRESS || addr === '' ? place : { ...place, address: addr };
}
