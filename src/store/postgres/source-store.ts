import { and, eq, sql } from 'drizzle-orm';
import type { SourceStore } from '../backup-stores.js';
import { declaredSources } from './backup-schema.js';
import type { Database } from './database.js';

export function postgresSourceStore(database: Database): SourceStore {
  return {
    declare: ({ sources, undecided }) => database.transaction(async (queries) => {
      // Two who look at once must not wait for each other's rows.
      await queries.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended('slipway.sources', 0))`);
      const given = sql`json_to_recordset(${JSON.stringify(sources)}::json) AS given (service text, environment text, source text, "maxAgeMs" double precision)`;
      const spared = sql`json_to_recordset(${JSON.stringify(undecided)}::json) AS spared (service text, environment text)`;
      await queries.execute(sql`DELETE FROM declared_sources AS old
        WHERE NOT EXISTS (SELECT FROM ${given} WHERE (given.environment, given.service, given.source) = (old.environment, old.service, old.source))
          AND NOT EXISTS (SELECT FROM ${spared} WHERE (spared.environment, spared.service) = (old.environment, old.service))`);
      await queries.execute(sql`INSERT INTO declared_sources AS old (service, environment, source, max_age_ms)
        SELECT service, environment, source, "maxAgeMs" FROM ${given}
        ON CONFLICT (environment, service, source) DO UPDATE SET max_age_ms = excluded.max_age_ms WHERE old.max_age_ms IS DISTINCT FROM excluded.max_age_ms`);
    }),
    declaredAt: async ({ service, environment, source }) => {
      const [row] = await database.run((queries) => queries.select({ at: declaredSources.declaredAt }).from(declaredSources)
        .where(and(eq(declaredSources.environment, environment), eq(declaredSources.service, service), eq(declaredSources.source, source))));
      return row?.at;
    },
  };
}
