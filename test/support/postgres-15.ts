import { join } from 'node:path';
import { POSTGRES_15_CLIENTS } from './postgres-15-server.js';
import { whenInstalled } from './programs.js';

export { type Postgres15, startPostgres15 } from './postgres-15-server.js';

/** Runs a suite when PostgreSQL 15 is installed as Debian does it; otherwise says so and skips. */
export function whenPostgres15(suite: () => void): void {
  whenInstalled(['initdb', 'postgres', 'pg_dump', 'pg_restore'].map((program) => join(POSTGRES_15_CLIENTS, program)), suite);
}
