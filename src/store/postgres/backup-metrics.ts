import { sql } from 'drizzle-orm';
import type { BackupMetrics } from '../backup-stores.js';
import { later, moment } from '../moment.js';
import type { Database } from './database.js';

type Instants = 'newestVerifiedAt' | 'lastProvenAt' | 'lastDrillFailedAt';
/** As the statement below gives it. */
type MetricsRow = Omit<BackupMetrics, Instants | 'declared'> & Readonly<Record<Instants | 'declaredAt', string | null>> & { readonly maxAgeMs: number | null };

/** The states are counted over one index; all else is the first row of another. */
export async function postgresBackupMetrics(database: Database): Promise<readonly BackupMetrics[]> {
  const { rows } = await database.run((queries) => queries.execute<MetricsRow>(sql`
    SELECT of.service, of.environment, of.source, coalesce(of.by_state, '{}') AS "byState", of.max_age_ms AS "maxAgeMs", of.declared_at AS "declaredAt",
      verified.at AS "newestVerifiedAt", verified.bytes AS "newestBytes", verified.took_ms AS "newestTookMs",
      greatest(
        (SELECT max(proven_at) FROM backups WHERE (service, environment, source) = (of.service, of.environment, of.source)),
        (SELECT max(ended_at) FROM drills WHERE (service, environment, source, proven) = (of.service, of.environment, of.source, true))
      ) AS "lastProvenAt",
      (SELECT max(ended_at) FROM drills WHERE (service, environment, source, proven) = (of.service, of.environment, of.source, false)) AS "lastDrillFailedAt",
      json_build_object(
        'backup', (SELECT count(*) FROM backups WHERE (environment, service, source, state, trigger) = (of.environment, of.service, of.source, 'skipped', 'schedule')),
        'drill', (SELECT count(*) FROM drills WHERE (service, environment, source) = (of.service, of.environment, of.source) AND ended_at IS NOT NULL AND proven IS NULL)
      ) AS "skippedStarts"
    FROM (
      SELECT environment, service, source, json_object_agg(state, count) AS by_state
      FROM (SELECT environment, service, source, state, count(*) AS count FROM backups GROUP BY environment, service, source, state) AS counted
      GROUP BY environment, service, source
    ) AS stored
    FULL JOIN sources AS declared USING (environment, service, source)
    CROSS JOIN LATERAL (SELECT environment, service, source, stored.by_state, declared.max_age_ms, declared.declared_at) AS of
    LEFT JOIN LATERAL (
      SELECT at, bytes::double precision AS bytes, took_ms FROM backups
      WHERE (service, environment, source) = (of.service, of.environment, of.source) AND state = 'verified' AND trigger <> 'safety' ORDER BY at DESC, id DESC LIMIT 1
    ) AS verified ON true
    ORDER BY of.environment, of.service, of.source`));
  return rows.map(({ declaredAt, maxAgeMs, ...row }) => ({
    ...row,
    declared: declaredAt === null ? null : { at: moment(declaredAt), maxAgeMs },
    newestVerifiedAt: later(null, row.newestVerifiedAt),
    lastProvenAt: later(null, row.lastProvenAt),
    lastDrillFailedAt: later(null, row.lastDrillFailedAt),
  }));
}
