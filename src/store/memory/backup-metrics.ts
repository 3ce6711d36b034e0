import { pathOf } from '../../domain/backup/names.js';
import type { BackupState, DrillRecord } from '../../domain/backup/record.js';
import { byNewestData, isOf, isSkippedStart, type BackupRow } from '../backup-row.js';
import type { BackupMetrics } from '../backup-stores.js';
import { later } from '../moment.js';
import { isSkippedDrill } from '../restore-row.js';
import { assertAvailable, type MemoryTables, type SourceRow } from './tables.js';

export function memoryBackupMetrics(tables: MemoryTables): readonly BackupMetrics[] {
  assertAvailable(tables);
  const sources = new Map<string, BackupRow[]>(tables.sources.map((row) => [pathOf(row), []]));
  for (const row of tables.backups.values()) sources.set(pathOf(row.record), [...(sources.get(pathOf(row.record)) ?? []), row]);
  const drills = [...tables.drills.values()].map(({ record }) => record);
  return [...sources.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([path, rows]) => metricsOf(rows, drills, tables.sources.find((row) => pathOf(row) === path)));
}

function metricsOf(rows: readonly BackupRow[], drills: readonly DrillRecord[], declared: SourceRow | undefined): readonly BackupMetrics[] {
  const any = declared ?? rows[0]?.record;
  if (!any) return [];
  const { service, environment, source } = any;
  const verified = rows.filter(({ record }) => record.state === 'verified' && record.trigger !== 'safety').sort((a, b) => byNewestData(a.record, b.record))[0];
  const ended = (proven: boolean) => drills.filter((drill) => isOf(drill, { service, environment, source }) && drill.proven === proven).map(({ endedAt }) => endedAt);
  const byState: Partial<Record<BackupState, number>> = {};
  for (const { record } of rows) byState[record.state] = (byState[record.state] ?? 0) + 1;
  return [{
    service, environment, source,
    declared: declared ? { at: declared.at, maxAgeMs: declared.maxAgeMs } : null,
    newestVerifiedAt: verified?.record.at ?? null,
    newestBytes: verified?.record.bytes ?? null,
    newestTookMs: verified?.tookMs ?? null,
    lastProvenAt: latest([...rows.map(({ record }) => record.provenAt), ...ended(true)]),
    lastDrillFailedAt: latest(ended(false)),
    skippedStarts: { backup: rows.filter(({ record }) => isSkippedStart(record)).length, drill: drills.filter((drill) => isOf(drill, { service, environment, source }) && isSkippedDrill(drill)).length },
    byState,
  }];
}

function latest(moments: readonly (string | null)[]): string | null {
  return moments.reduce(later, null);
}
