import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { MIGRATIONS } from '../migrations/index.js';
import { migrate } from './migrate.js';

describe('migrate', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('applies each migration once when many processes start at once', async () => {
    const applied: number[] = [];
    await Promise.all([1, 2, 3, 4].map(() => migrate(database.url, { onApplied: ({ number }) => applied.push(number) })));
    expect(applied).toEqual(MIGRATIONS.map(({ number }) => number));
  });

  it('refuses a database that was set up with other content', async () => {
    const changed = MIGRATIONS.map((migration) => ({ ...migration, sql: `${migration.sql} SELECT 1;` }));
    await expect(migrate(database.url, { migrations: changed })).rejects.toMatchObject({ code: 'MIGRATION_CHANGED' });
  });

  it('leaves nothing of a migration that fails half way', async () => {
    const next = { number: 9_001, name: 'broken', sql: 'CREATE TABLE half (id integer); SELECT nonsense;' };
    await expect(migrate(database.url, { migrations: [next] })).rejects.toThrow();
    const applied: number[] = [];
    const repaired = { ...next, sql: 'CREATE TABLE half (id integer);' };
    await migrate(database.url, { migrations: [repaired], onApplied: ({ number }) => applied.push(number) });
    expect(applied).toEqual([9_001]);
  });

  it('leaves the migrations of a later release alone', async () => {
    await migrate(database.url, { migrations: [...MIGRATIONS, { number: 9_002, name: 'later', sql: 'CREATE TABLE later (id integer)' }] });
    await expect(migrate(database.url)).resolves.toBeUndefined();
  });

  it('says when the database is away', async () => {
    await expect(migrate('postgresql://slipway:x@127.0.0.1:1/slipway')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });

  it('numbers migrations from 1 without gaps', () => {
    expect(MIGRATIONS.map(({ number }) => number)).toEqual(MIGRATIONS.map((_, index) => index + 1));
  });

  it('takes nothing away that the release before uses', () => {
    for (const { name, sql } of MIGRATIONS) {
      expect({ name, takesAway: /\b(DROP\s+(TABLE|COLUMN)|RENAME|ALTER\s+COLUMN\s+\w+\s+(SET\s+DATA\s+)?TYPE)\b/i.test(sql) }).toEqual({ name, takesAway: false });
    }
  });
});
