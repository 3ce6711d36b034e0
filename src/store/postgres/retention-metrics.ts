import { isNotNull } from 'drizzle-orm';
import type { RetentionMetrics } from '../backup-stores.js';
import { repositories, retentions } from './backup-schema.js';
import type { Database } from './database.js';

export async function postgresRetentionMetrics(database: Database): Promise<RetentionMetrics> {
  const [sources, pruned] = await Promise.all([
    database.run((queries) => queries.select().from(retentions)),
    database.run((queries) => queries.select().from(repositories).where(isNotNull(repositories.prunedAt))),
  ]);
  return {
    sources: sources.map(({ at: retainedAt, ...address }) => ({ ...address, retainedAt })),
    repositories: pruned.flatMap(({ site, place, name, prunedAt }) => (prunedAt === null ? [] : [{ site, place, name, prunedAt }])),
  };
}
