import { and, eq, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { RepositoryAt, RepositoryStore } from '../backup-stores.js';
import { moment } from '../moment.js';
import { repositories } from './backup-schema.js';
import type { Database } from './database.js';

type Known = Partial<Pick<typeof repositories.$inferInsert, 'made' | 'prunedAt' | 'pruneTriedAt'>>;

export function postgresRepositoryStore(database: Database): RepositoryStore {
  const find = async ({ site, place }: RepositoryAt) =>
    (await database.run((queries) => queries.select().from(repositories).where(and(eq(repositories.site, site), eq(repositories.place, place)))))[0];
  const keep = async ({ site, place, name }: RepositoryAt, known: Known, set: object) => {
    await database.run((queries) => queries.insert(repositories).values({ site, place, name, ...known })
      .onConflictDoUpdate({ target: [repositories.site, repositories.place], set: { name, ...set } }));
  };
  return {
    isMade: async (repository) => (await find(repository))?.made === true,
    made: (repository) => keep(repository, { made: true }, { made: true }),
    prunes: async (repository) => {
      const found = await find(repository);
      return { prunedAt: found?.prunedAt ?? null, triedAt: found?.pruneTriedAt ?? null };
    },
    triedToPrune: (repository, at) => keep(repository, { pruneTriedAt: moment(at) }, { pruneTriedAt: latest(repositories.pruneTriedAt) }),
    pruned: (repository, at) => keep(repository, { prunedAt: moment(at) }, { prunedAt: latest(repositories.prunedAt) }),
  };
}

function latest(column: PgColumn) {
  return sql`greatest(${column}, excluded.${sql.identifier(column.name)})`;
}
