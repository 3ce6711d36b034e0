import pg from 'pg';
import type { Postgres15 } from '../postgres-15.js';

/** A database of orders on the server under test. */
export interface OrdersDatabase {
  readonly name: string;
  /** The ids of all orders: how many, and the highest. */
  orders(): Promise<{ readonly count: number; readonly highest: number }>;
  add(count: number): Promise<void>;
  /** What a careless hand does. */
  deleteAbove(id: number): Promise<void>;
  /** Names of databases that a restore of this one left. */
  leftovers(): Promise<readonly string[]>;
  /** From now on a restore of a backup of it stops among its rows, until it is let go. @returns what lets it go */
  stallRestores(): Promise<{ reached(): Promise<boolean>; letGo(): Promise<void> }>;
  /** Keeps it from being renamed or dropped, and connections from nobody. @returns what ends that */
  pin(name?: string): Promise<() => Promise<void>>;
  /** Whether somebody waits for what `pin` holds. */
  pinnedIsWaitedFor(name?: string): Promise<boolean>;
}

/** A note that hardly compresses, so that bytes are bytes. */
const NOTE = `(SELECT string_agg(md5(random()::text || piece), '') FROM generate_series(1, 16 + 0 * id) piece)`;

/** Volatile, so that each look sees what is there by now. */
const STALL = (name: string): string => `CREATE FUNCTION public.stall() RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$ BEGIN
  WHILE EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ${pg.escapeLiteral(`stall_${name}`)}) LOOP PERFORM pg_catalog.pg_sleep(0.02); END LOOP;
  RETURN true;
END $$`;

export async function createOrders(server: Postgres15, name: string, count: number): Promise<OrdersDatabase> {
  await server.run('postgres', `CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  await server.run(name, STALL(name), 'CREATE TABLE orders (id int PRIMARY KEY, note text NOT NULL CHECK (public.stall()))');
  const database: OrdersDatabase = {
    name,
    async orders() {
      const [row] = await server.run(name, 'SELECT count(*)::int AS count, coalesce(max(id), 0) AS highest FROM orders');
      return { count: Number(row?.['count']), highest: Number(row?.['highest']) };
    },
    add: async (more) => void (await server.run(name, `INSERT INTO orders SELECT id, ${NOTE} FROM (SELECT (SELECT coalesce(max(id), 0) FROM orders) + n AS id FROM generate_series(1, ${more}) n) ids`)),
    deleteAbove: async (id) => void (await server.run(name, `DELETE FROM orders WHERE id > ${id}`)),
    async leftovers() {
      const names = (await server.run('postgres', 'SELECT datname FROM pg_database')).map(({ datname }) => String(datname));
      return names.filter((one) => ['fill', 'copy', 'old'].some((what) => one.startsWith(`${name}_${what}_`)));
    },
    async stallRestores() {
      // A role is seen in every database of the server, the copy too.
      const role = `stall_${name}`;
      await server.run('postgres', `CREATE ROLE ${pg.escapeIdentifier(role)}`);
      return {
        reached: async () => (await server.run('postgres', `SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'COPY %' AND starts_with(datname, ${pg.escapeLiteral(`${name}_fill_`)})`)).length > 0,
        letGo: async () => void (await server.run('postgres', `DROP ROLE ${pg.escapeIdentifier(role)}`)),
      };
    },
    async pin(pinned = name) {
      const client = new pg.Client({ connectionString: server.url('postgres'), connectionTimeoutMillis: 5_000 });
      client.on('error', () => undefined);
      await client.connect();
      await client.query(`BEGIN; COMMENT ON DATABASE ${pg.escapeIdentifier(pinned)} IS 'pinned'`);
      return async () => {
        await client.query('ROLLBACK');
        await client.end();
      };
    },
    async pinnedIsWaitedFor(pinned = name) {
      const rows = await server.run('postgres', `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND position(${pg.escapeLiteral(pg.escapeIdentifier(pinned))} in query) > 0`);
      return rows.length > 0;
    },
  };
  await database.add(count);
  return database;
}
