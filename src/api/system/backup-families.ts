import { overdueMs } from '../../domain/backup/data-age.js';
import { BACKUP_STATES } from '../../domain/backup/record.js';
import type { BackupMetrics } from '../../store/backup-stores.js';
import type { Family, Sample } from './metric-family.js';

/**
 * Of the sources that are declared; one that never had what a gauge is about has no sample of it, and `too_old` is there for every one that has a
 * `maxAge`. Backups are counted for as long as they are in the catalogue.
 */
export function backupFamilies(sources: readonly BackupMetrics[], nowMs: number): Family[] {
  const gauge = (name: string, help: string, valueOf: (source: BackupMetrics) => number | null): Family => ({
    name: `slipway_backup_${name}`, help, type: 'gauge', samples: sources.flatMap((source) => (source.declared ? sampleOf(source, valueOf(source)) : [])),
  });
  return [
    gauge('last_verified_timestamp_seconds', 'The instant that the data of the newest verified backup is of.', ({ newestVerifiedAt }) => seconds(newestVerifiedAt)),
    gauge('last_proven_restore_timestamp_seconds', 'When a restore or drill last proved a backup equal.', ({ lastProvenAt }) => seconds(lastProvenAt)),
    gauge('last_failed_drill_timestamp_seconds', 'When a drill last failed.', ({ lastDrillFailedAt }) => seconds(lastDrillFailedAt)),
    gauge('last_size_bytes', 'What the newest verified backup read from its source.', ({ newestBytes }) => newestBytes),
    gauge('last_duration_seconds', 'How long the run of the newest verified backup took.', ({ newestTookMs }) => (newestTookMs === null ? null : newestTookMs / 1_000)),
    gauge('too_old', 'Whether the newest verified data is older than the source’s `maxAge`, or none came within that time.', (source) => tooOld(source, nowMs)),
    {
      name: 'slipway_backup_schedule_skipped_total', help: 'Starts of a schedule that found the run before still at work.', type: 'counter',
      samples: sources.flatMap((source) => (source.declared ? skippedSamples(source) : [])),
    },
    { name: 'slipway_backups', help: 'Backups in the catalogue, by the state they are in now.', type: 'gauge', samples: sources.flatMap(stateSamples) },
  ];
}

function tooOld({ declared, newestVerifiedAt }: BackupMetrics, nowMs: number): number | null {
  if (!declared || declared.maxAgeMs === null) return null;
  return overdueMs({ maxAgeMs: declared.maxAgeMs, newestVerifiedAt, declaredAt: declared.at }, nowMs) === null ? 0 : 1;
}

function skippedSamples(source: BackupMetrics): Sample[] {
  return Object.entries(source.skippedStarts).map(([schedule, value]) => ({ labels: { ...labelsOf(source), schedule }, value }));
}

function stateSamples(source: BackupMetrics): Sample[] {
  return BACKUP_STATES.map((state) => ({ labels: { ...labelsOf(source), state }, value: source.byState[state] ?? 0 }));
}

function sampleOf(source: BackupMetrics, value: number | null): Sample[] {
  return value === null ? [] : [{ labels: labelsOf(source), value }];
}

function labelsOf({ service, environment, source }: BackupMetrics): Sample['labels'] {
  return { service, environment, source };
}

function seconds(at: string | null): number | null {
  return at === null ? null : Date.parse(at) / 1_000;
}
