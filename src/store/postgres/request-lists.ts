import { and, asc, eq, isNull, lt, sql, type SQL } from 'drizzle-orm';
import type { SourceAddress } from '../../domain/backup/plan.js';
import type { backups, drills, restores } from './backup-schema.js';

type RequestTable = typeof backups | typeof restores | typeof drills;

export function ofSource(table: RequestTable, { service, environment, source }: Partial<SourceAddress>): SQL | undefined {
  return and(
    service === undefined ? undefined : eq(table.service, service),
    environment === undefined ? undefined : eq(table.environment, environment),
    source === undefined ? undefined : eq(table.source, source),
  );
}

/** Not ended and older than the age, by the database's clock. */
export function unfinishedFor(table: RequestTable, ageMs: number): SQL | undefined {
  return and(isNull(table.endedAt), lt(table.requestedAt, sql`clock_timestamp() - ${ageMs} * interval '1 millisecond'`));
}

export function oldestFirst(table: RequestTable): SQL {
  return asc(table.id);
}
