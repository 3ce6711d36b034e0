import { type Postgres15, startPostgres15 } from '../../test/support/postgres-15-server.js';
import type { Room } from '../benchmark.js';

export const SOURCE_DATABASE = 'bench source';

/** Rows of a statement: each ends well within its time limit. */
const BATCH = 250_000;
/** As pgbench makes them: mostly blanks, about half of the bytes of the dump. */
const ACCOUNTS = 5_000_000;
/** A kilobyte each that hardly compresses: the other half. */
const DOCUMENTS = 500_000;

/** A server with one database of about a gigabyte. */
export async function startSourceDatabase(room: Room): Promise<Postgres15> {
  const server = await startPostgres15({ shared_buffers: '256MB', max_wal_size: '8GB' });
  room.later(() => server.stop());
  await server.run('postgres', `CREATE DATABASE "${SOURCE_DATABASE}"`);
  await server.run(SOURCE_DATABASE, 'CREATE TABLE accounts (id bigint PRIMARY KEY, balance int NOT NULL, filler char(84) NOT NULL)', 'CREATE TABLE docs (id bigint PRIMARY KEY, body text NOT NULL)');
  for (let from = 1; from < ACCOUNTS; from += BATCH) {
    room.say(`filling the database: account ${from} of ${ACCOUNTS}`);
    await server.run(SOURCE_DATABASE, `INSERT INTO accounts SELECT n, 0, '' FROM generate_series(${from}, ${from + BATCH - 1}) n`);
  }
  for (let from = 1; from < DOCUMENTS; from += BATCH / 5) {
    room.say(`filling the database: document ${from} of ${DOCUMENTS}`);
    await server.run(SOURCE_DATABASE, `INSERT INTO docs SELECT n, (SELECT string_agg(md5(n::text || k), '') FROM generate_series(1, 32) k) FROM generate_series(${from}, ${from + BATCH / 5 - 1}) n`);
  }
  await server.run(SOURCE_DATABASE, 'VACUUM ANALYZE');
  return server;
}
