import { records } from './0001-records.js';
import { backups } from './0002-backups.js';
import { sources } from './0003-sources.js';
import { retention } from './0004-retention.js';
import { keeper } from './0005-keeper.js';

export interface Migration {
  /** From 1, without gaps. */
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

/**
 * In order, each applied once; one that was released never changes. Each leaves the schema usable for the release before it, which still runs
 * while this one starts: it adds, and takes away only what the release before has stopped using.
 */
export const MIGRATIONS: readonly Migration[] = [
  { number: 1, name: 'records', sql: records },
  { number: 2, name: 'backups', sql: backups },
  { number: 3, name: 'sources', sql: sources },
  { number: 4, name: 'retention', sql: retention },
  { number: 5, name: 'keeper', sql: keeper },
];
