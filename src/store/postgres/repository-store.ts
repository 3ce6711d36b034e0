import { eq, sql } from 'drizzle-orm';
import type { RepositoryStore } from '../backup-stores.js';
import { moment } from '../moment.js';
import { repositories } from './backup-schema.js';
import type { Database } from './database.js';

export function postgresRepositoryStore(database: Database): RepositoryStore {
  return {
    prunedAt: (name) => database.run(async (queries) => {
      const [row] = await queries.select().from(repositories).where(eq(repositories.name, name));
      return row?.prunedAt ?? null;
    }),
    pruned: async (name, at) => {
      const latest = sql`greatest(${repositories.prunedAt}, excluded.pruned_at)`;
      await database.run((queries) => queries.insert(repositories).values({ name, prunedAt: moment(at) })
        .onConflictDoUpdate({ target: repositories.name, set: { prunedAt: latest } }));
    },
  };
}
