import { eq, sql } from 'drizzle-orm';
import type { RepositoryStore } from '../backup-stores.js';
import { moment } from '../moment.js';
import { repositories } from './backup-schema.js';
import type { Database } from './database.js';

export function postgresRepositoryStore(database: Database): RepositoryStore {
  const find = async (name: string) => (await database.run((queries) => queries.select().from(repositories).where(eq(repositories.name, name))))[0];
  return {
    isMade: async (name, place) => (await find(name))?.place === place,
    made: async (name, place) => {
      await database.run((queries) => queries.insert(repositories).values({ name, place }).onConflictDoUpdate({ target: repositories.name, set: { place } }));
    },
    prunedAt: async (name) => (await find(name))?.prunedAt ?? null,
    pruned: async (name, at) => {
      const latest = sql`greatest(${repositories.prunedAt}, excluded.pruned_at)`;
      await database.run((queries) => queries.insert(repositories).values({ name, prunedAt: moment(at) })
        .onConflictDoUpdate({ target: repositories.name, set: { prunedAt: latest } }));
    },
  };
}
