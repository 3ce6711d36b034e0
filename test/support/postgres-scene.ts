import { mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createPrograms } from '../../src/programs/programs.js';
import type { SourceScene } from '../../src/sources/contract/scene.js';
import { createPostgresSource, type PostgresSourceOptions } from '../../src/sources/postgres/postgres-source.js';
import { runNames } from '../../src/sources/postgres/run-names.js';
import type { Postgres15 } from './postgres-15.js';

const programs = createPrograms({ guardian: { watch: () => undefined, release: () => undefined }, graceMs: 200 });

export interface PostgresScene extends SourceScene {
  readonly database: string;
  readonly options: PostgresSourceOptions;
}

/** A database of its own with one table of entries, named so that nobody forgets to quote. */
export async function postgresScene(server: Postgres15, database: string, more: Partial<PostgresSourceOptions> = {}): Promise<PostgresScene> {
  const scratch = await mkdtemp(join(tmpdir(), 'slipway-postgres-source-'));
  const stagingFolder = join(scratch, 'staging');
  const quoted = pg.escapeIdentifier(database);
  await server.run('postgres', `CREATE DATABASE ${quoted}`);
  await server.run(database, 'CREATE TABLE "the Entries" (key text PRIMARY KEY)');
  const options: PostgresSourceOptions = {
    name: 'orders', url: async () => server.url(database), adminUrl: async () => server.url('postgres'), programs, stagingFolder, clients: [server.clients], ...more,
  };
  const add = (name: string) => async (key: string) => void (await server.run(name, `INSERT INTO "the Entries" VALUES (${pg.escapeLiteral(key)})`));
  return {
    source: createPostgresSource(options), options, database, scratch,
    add: add(database),
    keys: async () => (await server.run(database, 'SELECT key FROM "the Entries" ORDER BY key')).map(({ key }) => String(key)),
    addToCopy: (key, run) => add(runNames(database, run).copy)(key),
    spoil: async (folder) => {
      for (const file of await readdir(folder)) await truncate(join(folder, file), Math.floor((await stat(join(folder, file))).size / 2));
    },
    leftovers: async () => {
      const names = (await server.run('postgres', 'SELECT datname FROM pg_database')).map(({ datname }) => String(datname));
      const staged = await readdir(stagingFolder).catch((): string[] => []);
      return [...names.filter((name) => /_(copy|old|fill)_/.test(name)), ...staged];
    },
    checks: {
      holds: (key) => ({ kind: 'query', sql: `SELECT count(*) FROM "the Entries" WHERE key = ${pg.escapeLiteral(key)}`, timeoutMs: 5_000 }),
      broken: { kind: 'query', sql: 'SELECT nothing FROM nowhere', timeoutMs: 5_000 },
    },
    close: async () => {
      const all = (await server.run('postgres', 'SELECT datname FROM pg_database WHERE NOT datistemplate')).map(({ datname }) => String(datname));
      for (const name of all.filter((one) => one !== 'postgres')) await server.run('postgres', `DROP DATABASE ${pg.escapeIdentifier(name)} WITH (FORCE)`);
      // The next one has the same runs.
      await server.run('postgres', 'DROP TABLE IF EXISTS public.slipway_swaps, public.slipway_read_only');
      await rm(scratch, { recursive: true, force: true });
    },
  };
}
