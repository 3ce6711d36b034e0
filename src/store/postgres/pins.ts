import { eq, sql, type SQL } from 'drizzle-orm';
import { type Pin, SAFETY_KEPT_MS } from '../../domain/backup/pin.js';
import { moment } from '../moment.js';
import { wasForgotten } from '../refusals.js';
import { backups } from './backup-schema.js';
import type { Queries } from './database.js';

/** Whoever makes a backup before something begins its key with the id of that. */
const MAKER = sql`split_part(key, '/', 1)`;

/** Of the kept backups that `which` names. */
export async function findPins(queries: Queries, which: SQL | undefined): Promise<readonly Pin[]> {
  const { rows } = await queries.execute<{ [K in keyof Pin]: Pin[K] }>(sql`
    WITH asked AS MATERIALIZED (SELECT id, trigger, ${MAKER} AS maker FROM ${backups} WHERE ${which} AND snapshot IS NOT NULL AND state <> 'forgotten'),
    safety AS (
      SELECT asked.id, restores.id AS by, restores.ended_at + ${SAFETY_KEPT_MS} * interval '1 millisecond' AS until
      FROM asked JOIN restores ON restores.id = asked.maker WHERE asked.trigger = 'safety'
    ),
    offers AS (
      SELECT asked.id, deployments.id AS by, (offer ->> 'until')::timestamptz AS until
      FROM asked JOIN deployments ON deployments.id = asked.maker
      CROSS JOIN LATERAL jsonb_array_elements(deployments.status -> 'followUps') AS offer
      WHERE asked.trigger = 'deployment' AND deployments.ended_at IS NOT NULL AND offer ->> 'kind' = 'restore-offered'
    )
    SELECT id AS backup, 'safety' AS kind, by, until FROM safety WHERE until IS NULL OR until > clock_timestamp()
    UNION ALL SELECT id, 'offer', by, until FROM offers WHERE until > clock_timestamp()
    UNION ALL SELECT asked.id, 'deployment', deployments.id, NULL FROM asked JOIN deployments ON deployments.id = asked.maker
      WHERE asked.trigger = 'deployment' AND deployments.ended_at IS NULL
    UNION ALL SELECT asked.id, 'restore', restores.id, NULL FROM asked JOIN restores ON restores.backup = asked.id WHERE restores.ended_at IS NULL
    UNION ALL SELECT asked.id, 'drill', drills.id, NULL FROM asked JOIN drills ON drills.backup = asked.id WHERE drills.ended_at IS NULL`);
  return rows.map(({ backup, kind, by, until }) => ({ backup, kind, by, until: until === null ? null : moment(until) }));
}

/** Within the transaction that makes it needed: from then on retention leaves it. @throws BACKUP_FORGOTTEN */
export async function refuseForgotten(queries: Queries, backup: string): Promise<void> {
  const [found] = await queries.select({ state: backups.state }).from(backups).where(eq(backups.id, backup)).for('share');
  if (found?.state === 'forgotten') throw wasForgotten(backup);
}
