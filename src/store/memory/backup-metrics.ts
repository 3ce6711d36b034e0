import { pathOf } from '../../domain/backup/names.js';
import type { BackupState, DrillRecord } from '../../domain/backup/record.js';
import { byNewestData, isOf, type BackupRow } from '../backup-row.js';
import type { BackupMetrics } from '../backup-stores.js';
import { later } from '../moment.js';
import { assertAvailable, type MemoryTables } from './tables.js';

export function memoryBackupMetrics(tables: MemoryTables): readonly BackupMetrics[] {
  assertAvailable(tables);
  const sources = new Map<string, BackupRow[]>();
  for (const row of tables.backups.values()) sources.set(pathOf(row.record), [...(sources.get(pathOf(row.record)) ?? []), row]);
  const drills = [...tables.drills.values()].map(({ record }) => record);
  return [...sources.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, rows]) => metricsOf(rows, drills));
}

function metricsOf(rows: readonly BackupRow[], drills: readonly DrillRecord[]): readonly BackupMetrics[] {
  const byId = rows.toSorted((a, b) => (a.record.id < b.record.id ? 1 : -1));
  const [newest, first] = [byId[0], byId.at(-1)];
  if (!newest || !first) return [];
  const { service, environment, source, plan } = newest.record;
  const verified = rows.filter(({ record }) => record.state === 'verified' && record.trigger !== 'safety').sort((a, b) => byNewestData(a.record, b.record))[0];
  const ended = (proven: boolean) => drills.filter((drill) => isOf(drill, { service, environment, source }) && drill.proven === proven).map(({ endedAt }) => endedAt);
  const byState: Partial<Record<BackupState, number>> = {};
  for (const { record } of rows) byState[record.state] = (byState[record.state] ?? 0) + 1;
  return [{
    service, environment, source,
    maxAgeMs: plan.source.maxAgeMs,
    firstRequestedAt: first.record.requestedAt,
    newestVerifiedAt: verified?.record.at ?? null,
    newestBytes: verified?.record.bytes ?? null,
    newestTookMs: verified?.tookMs ?? null,
    lastProvenAt: latest([...rows.map(({ record }) => record.provenAt), ...ended(true)]),
    lastDrillFailedAt: latest(ended(false)),
    byState,
  }];
}

function latest(moments: readonly (string | null)[]): string | null {
  return moments.reduce(later, null);
}
