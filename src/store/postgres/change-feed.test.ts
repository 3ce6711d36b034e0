import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, statement, type TestDatabase } from '../../../test/support/database.js';
import { until } from '../../../test/support/until.js';
import { PostgresChangeFeed } from './change-feed.js';

describe('the change feed', () => {
  let database: TestDatabase;
  let feed: PostgresChangeFeed;
  const lost: unknown[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
    feed = new PostgresChangeFeed({ url: database.url, connectTimeoutMs: 2_000, onConnectionLost: (error) => void lost.push(error) });
  }, 30_000);
  afterAll(async () => {
    await feed.close();
    await database.drop();
  }, 30_000);

  it('goes on by itself after its connection was lost, and says that something may have been missed', async () => {
    const told: (string | undefined)[] = [];
    const end = feed.subscribe((deployment) => void told.push(deployment));
    expect(await until(() => told.length === 1)).toBe(true);
    expect(told).toEqual([undefined]);
    await statement(database.url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'slipway-changes' AND datname = current_database()`);
    await statement(database.url, `SELECT pg_notify('slipway_deployments', 'missed')`);
    expect(await until(() => told.filter((each) => each === undefined).length === 2)).toBe(true);
    await statement(database.url, `SELECT pg_notify('slipway_deployments', 'heard')`);
    expect(await until(() => told.includes('heard'))).toBe(true);
    expect(lost).toHaveLength(1);
    end();
  });

  it('has one connection for all who listen, and opens none anew when nobody does', async () => {
    const count = async () => Number((await feedConnections(database.url)).length);
    const ends = Array.from({ length: 50 }, () => feed.subscribe(() => undefined));
    expect(await count()).toBe(1);
    for (const end of ends) end();
    await statement(database.url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'slipway-changes' AND datname = current_database()`);
    expect(await until(() => lost.length === 2)).toBe(true);
    expect(await count()).toBe(0);
  });
});

it('a database that does not answer is tried again and again, and kept from nobody else', async () => {
  let tries = 0;
  const feed = new PostgresChangeFeed({ url: 'postgresql://127.0.0.1:1/none', connectTimeoutMs: 500, onConnectionLost: () => void (tries += 1) });
  const end = feed.subscribe(() => undefined);
  expect(await until(() => tries >= 3)).toBe(true);
  end();
  await feed.close();
});

async function feedConnections(url: string): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(`SELECT pid FROM pg_stat_activity WHERE application_name = 'slipway-changes' AND datname = current_database()`);
  await client.end();
  return rows as readonly unknown[];
}
