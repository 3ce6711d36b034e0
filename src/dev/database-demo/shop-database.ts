import pg from 'pg';

/** A database of a shop, with its own role. */
export interface ShopDatabase {
  /** As the shop itself connects. */
  readonly url: string;
  /** As somebody who may create, rename and drop databases. */
  readonly adminUrl: string;
  sizeOf(): Promise<ShopSize>;
  /** Those that were there at the beginning; writers add more. */
  firstOrders(): Promise<number>;
  /** What somebody types who forgot the WHERE. @returns how many orders went */
  deleteAllOrders(): Promise<number>;
}

export interface ShopSize {
  readonly tables: number;
  readonly rows: number;
  readonly bytes: number;
}

const NAME = 'shop';
const CUSTOMERS = 20_000;
const ORDERS = 60_000;
const LINES_EACH = 2;
const QUERY_TIMEOUT_MS = 60_000;

const SCHEMA = `
  CREATE TABLE customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, email text NOT NULL UNIQUE);
  CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer bigint NOT NULL REFERENCES customers, placed_at timestamptz NOT NULL DEFAULT now(), note text NOT NULL DEFAULT '');
  CREATE TABLE order_lines (
    order_id bigint REFERENCES orders ON DELETE CASCADE, line integer, sku text NOT NULL, cents integer NOT NULL CHECK (cents > 0), PRIMARY KEY (order_id, line));
  INSERT INTO customers (name, email) SELECT 'Customer ' || n, 'customer' || n || '@example.org' FROM generate_series(1, ${CUSTOMERS}) n;
  INSERT INTO orders (customer, note) SELECT 1 + n % ${CUSTOMERS}, repeat(md5(n::text), 5) FROM generate_series(1, ${ORDERS}) n;
  INSERT INTO order_lines SELECT o.id, l, 'tea-' || (o.id + l) % 97, 100 + o.id % 900 FROM orders o, generate_series(1, ${LINES_EACH}) l;
`;

/** @param serverUrl of an administrator, whichever database it names */
export async function createShopDatabase(serverUrl: string, password: string): Promise<ShopDatabase> {
  const adminUrl = at(serverUrl, { database: 'postgres' });
  await query(adminUrl, `CREATE ROLE ${NAME} LOGIN PASSWORD ${pg.escapeLiteral(password)}`);
  await query(adminUrl, `CREATE DATABASE ${NAME} OWNER ${NAME}`);
  const url = at(serverUrl, { database: NAME, user: NAME, password });
  await query(url, SCHEMA);
  await query(url, 'ANALYZE');
  return {
    url, adminUrl,
    async sizeOf() {
      const [row] = await query(url, `SELECT count(*) AS tables, sum(reltuples)::bigint AS rows, pg_database_size(current_database()) AS bytes FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`);
      return { tables: Number(row?.['tables']), rows: Number(row?.['rows']), bytes: Number(row?.['bytes']) };
    },
    firstOrders: async () => Number((await query(url, `SELECT count(*) FROM orders WHERE id <= ${ORDERS}`))[0]?.['count']),
    async deleteAllOrders() {
      return Number((await query(url, 'WITH gone AS (DELETE FROM orders RETURNING 1) SELECT count(*) FROM gone'))[0]?.['count']);
    },
  };
}

function at(serverUrl: string, { database, user, password }: { readonly database: string; readonly user?: string; readonly password?: string }): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  if (user !== undefined) url.username = user;
  if (password !== undefined) url.password = password;
  return url.href;
}

async function query(connectionString: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000, query_timeout: QUERY_TIMEOUT_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}
