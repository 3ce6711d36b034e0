import { and, eq } from 'drizzle-orm';
import type { SourceStore } from '../backup-stores.js';
import type { Database } from './database.js';
import { sources } from './schema.js';

export function postgresSourceStore(database: Database): SourceStore {
  return {
    declaredAt: async ({ service, environment, source }) => {
      const [row] = await database.run((queries) => queries.select({ at: sources.declaredAt }).from(sources)
        .where(and(eq(sources.environment, environment), eq(sources.service, service), eq(sources.source, source))));
      return row?.at;
    },
  };
}
