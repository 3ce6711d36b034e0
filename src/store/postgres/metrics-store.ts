import { asc, count, isNotNull, sql } from 'drizzle-orm';
import type { MetricsStore } from '../stores.js';
import { postgresBackupMetrics } from './backup-metrics.js';
import type { Database } from './database.js';
import { listDrifts, roundAgeMs } from './keeper-store.js';
import { keeperRounds } from './keeper-schema.js';
import { observationOf } from './observation-store.js';
import { postgresRetentionMetrics } from './retention-metrics.js';
import { deployments, observations } from './schema.js';

export function postgresMetricsStore(database: Database): MetricsStore {
  const { service, environment, strategy, phase, progressingMs, waitingMs, breachToZeroMs, endedAt } = deployments;
  return {
    outcomes: () => database.run((queries) => queries
      .select({
        service, environment, strategy, phase,
        count: count(),
        progressingMs: sql<number>`coalesce(sum(${progressingMs}), 0)`,
        waitingMs: sql<number>`coalesce(sum(${waitingMs}), 0)`,
      })
      .from(deployments).where(isNotNull(endedAt))
      .groupBy(service, environment, strategy, phase).orderBy(service, environment, strategy, phase)),
    breachToZero: (boundsMs) => database.run(async (queries) => {
      const bounds = JSON.stringify(boundsMs);
      const [row] = await queries
        .select({
          counts: sql<number[]>`(SELECT coalesce(json_agg(
              (SELECT count(*) FROM ${deployments} WHERE breach_to_zero_ms <= bound.ms::double precision AND ended_at IS NOT NULL) ORDER BY bound.at
            ), '[]') FROM json_array_elements_text(${bounds}::json) WITH ORDINALITY AS bound(ms, at))`,
          count: count(breachToZeroMs),
          sumMs: sql<number>`coalesce(sum(${breachToZeroMs}), 0)`,
        })
        .from(deployments).where(sql`${breachToZeroMs} IS NOT NULL AND ${endedAt} IS NOT NULL`);
      return row ?? { counts: boundsMs.map(() => 0), count: 0, sumMs: 0 };
    }),
    splits: async () => (await database.run((queries) => queries.select().from(observations)
      .orderBy(asc(observations.service), asc(observations.environment), asc(observations.routerInstance)))).map(observationOf),
    keeperRounds: () => database.run((queries) => queries.select({
      site: keeperRounds.site, environments: keeperRounds.environments, tookMs: keeperRounds.tookMs, ageMs: roundAgeMs(),
    }).from(keeperRounds).orderBy(asc(keeperRounds.site))),
    drifts: () => listDrifts(database, undefined),
    backups: () => postgresBackupMetrics(database),
    retention: () => postgresRetentionMetrics(database),
  };
}
