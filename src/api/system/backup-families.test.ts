import { describe, expect, it } from '@jest/globals';
import type { BackupMetrics } from '../../store/backup-stores.js';
import { backupFamilies } from './backup-families.js';

const NOW_MS = Date.parse('2026-01-02T00:00:00Z');
const SOURCE: BackupMetrics = {
  service: 'shop', environment: 'production', source: 'orders', declared: { at: '2025-12-31T23:00:00.000Z', maxAgeMs: 86_400_000 }, newestVerifiedAt: '2026-01-01T00:00:00.000Z', newestBytes: 5_000_000_000,
  newestTookMs: 12_500, lastProvenAt: null, lastDrillFailedAt: null, skippedStarts: { backup: 2, drill: 1 }, byState: { verified: 3 },
};

const valuesOf = (name: string, over: Partial<BackupMetrics> = {}, nowMs = NOW_MS) =>
  backupFamilies([{ ...SOURCE, ...over }], nowMs).find((family) => family.name === `slipway_backup_${name}`)?.samples.map(({ value }) => value);

describe('metrics of backups', () => {
  it('are in seconds and bytes', () => {
    expect(valuesOf('last_verified_timestamp_seconds')).toEqual([NOW_MS / 1_000 - 86_400]);
    expect(valuesOf('last_duration_seconds')).toEqual([12.5]);
    expect(valuesOf('last_size_bytes')).toEqual([5_000_000_000]);
  });

  it('leave out what never was', () => {
    expect(valuesOf('last_proven_restore_timestamp_seconds')).toEqual([]);
    expect(valuesOf('last_failed_drill_timestamp_seconds')).toEqual([]);
    expect(valuesOf('last_verified_timestamp_seconds', { newestVerifiedAt: null })).toEqual([]);
  });

  it('call data too old once it is older than the source allows', () => {
    expect(valuesOf('too_old')).toEqual([0]);
    expect(valuesOf('too_old', {}, NOW_MS + 1)).toEqual([1]);
  });

  it('call a source too old of which nothing was verified within that time', () => {
    expect(valuesOf('too_old', { newestVerifiedAt: null })).toEqual([1]);
    expect(valuesOf('too_old', { newestVerifiedAt: null, declared: { at: '2026-01-01T12:00:00.000Z', maxAgeMs: 86_400_000 } })).toEqual([0]);
  });

  it('say nothing about the age of a source that has none to keep', () => {
    expect(valuesOf('too_old', { declared: { at: '2025-12-31T23:00:00.000Z', maxAgeMs: null } })).toEqual([]);
  });

  it('say nothing of a source that is declared no more, but how many backups of it there are', () => {
    const families = backupFamilies([{ ...SOURCE, declared: null }], NOW_MS + 86_400_000);
    expect(families.filter(({ samples }) => samples.length > 0).map(({ name }) => name)).toEqual(['slipway_backups']);
  });

  it('count the starts that were skipped, by schedule', () => {
    expect(backupFamilies([SOURCE], NOW_MS).find(({ name }) => name === 'slipway_backup_schedule_skipped_total')?.samples.map(({ labels, value }) => [labels['schedule'], value])).toEqual([
      ['backup', 2], ['drill', 1],
    ]);
  });

  it('show every state, so that an alert on one finds it at 0', () => {
    expect(backupFamilies([SOURCE], NOW_MS).find(({ name }) => name === 'slipway_backups')?.samples).toContainEqual({
      labels: { service: 'shop', environment: 'production', source: 'orders', state: 'damaged' }, value: 0,
    });
  });
});
