import { and, asc, eq, sql } from 'drizzle-orm';
import type { ObservationRecord } from '../../domain/deployment/record.js';
import type { BestEffort } from '../best-effort.js';
import type { ObservationStore } from '../stores.js';
import type { Database } from './database.js';
import { observations } from './schema.js';

/** A statement takes at most 65,535 parameters. */
const ROWS_A_STATEMENT = 1_000;

export function postgresObservationStore(database: Database, bestEffort: BestEffort): ObservationStore {
  return {
    observe: async (records) => {
      const rows = newestOfEach(records).map((record) => ({ ...record, at: new Date(record.at) }));
      if (rows.length > 0) await bestEffort(() => upsert(database, rows));
    },
    of: async (service, environment) => (await database.run((queries) => queries.select().from(observations)
      .where(and(eq(observations.service, service), eq(observations.environment, environment)))
      .orderBy(asc(observations.routerInstance)))).map(observationOf),
  };
}

export function observationOf(row: typeof observations.$inferSelect): ObservationRecord {
  return { ...row, at: row.at.toISOString() };
}

async function upsert(database: Database, rows: readonly (typeof observations.$inferInsert)[]): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_A_STATEMENT) {
    await database.run((queries) => queries.insert(observations).values(rows.slice(start, start + ROWS_A_STATEMENT)).onConflictDoUpdate({
      target: [observations.service, observations.environment, observations.routerInstance],
      set: { entry: sql`excluded.entry`, split: sql`excluded.split`, health: sql`excluded.health`, at: sql`excluded.at` },
      setWhere: sql`${observations.at} <= excluded.at`,
    }));
  }
}

/** One statement may touch a row once; and in one order, so that the workers of a site do not wait for each other. */
function newestOfEach(records: readonly ObservationRecord[]): readonly ObservationRecord[] {
  const newest = new Map<string, ObservationRecord>();
  for (const record of records) {
    const key = `${record.service}/${record.environment}/${record.routerInstance}`;
    const known = newest.get(key);
    if (!known || Date.parse(known.at) <= Date.parse(record.at)) newest.set(key, record);
  }
  return [...newest.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, record]) => record);
}
