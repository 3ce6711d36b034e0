import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { type Postgres15, startPostgres15, whenPostgres15 } from '../support/postgres-15.js';

const script = fileURLToPath(new URL('../../deploy/compose/orders.sh', import.meta.url));
const PASSWORD = 'quote\'s and "more"';

whenPostgres15(() => {
  let server: Postgres15;
  beforeAll(async () => {
    server = await startPostgres15();
    const { hostname, port, username, password } = new URL(server.url('postgres'));
    const env = { PATH: `${server.clients}:${process.env['PATH'] ?? ''}`, PGHOST: hostname, PGPORT: port, PGPASSWORD: decodeURIComponent(password), POSTGRES_USER: username, POSTGRES_PASSWORD: PASSWORD };
    await promisify(execFile)('/bin/sh', ['-e', script], { env, timeout: 30_000 });
  }, 60_000);
  afterAll(() => server.stop());

  async function as(role: string, database: string, ...statements: readonly string[]): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: server.url(database, { name: role, password: PASSWORD }), connectionTimeoutMillis: 5_000, query_timeout: 20_000 });
    try {
      await client.connect();
      let rows: unknown[] = [];
      for (const statement of statements) ({ rows } = await client.query<Record<string, unknown>>(statement));
      return rows;
    } finally {
      await client.end();
    }
  }

  it('lets the role of backups read the orders, and nothing else', async () => {
    expect(await as('slipway_backup', 'orders', 'SELECT count(*)::int AS orders FROM orders')).toEqual([{ orders: 1_000 }]);
    await expect(as('slipway_backup', 'orders', 'DELETE FROM orders')).rejects.toMatchObject({ code: '42501' });
  });

  it('lets the role of restores put a copy in the place of the live database', async () => {
    await as('slipway_restore', 'slipway_restore', 'CREATE DATABASE orders_copy TEMPLATE template0 OWNER storefront',
      'ALTER DATABASE orders RENAME TO orders_old', 'ALTER DATABASE orders_copy RENAME TO orders');
    expect(await as('slipway_backup', 'orders_old', 'SELECT count(*)::int AS orders FROM orders')).toEqual([{ orders: 1_000 }]);
  });
});
