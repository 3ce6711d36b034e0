import { ulid } from 'ulid';
import type { FingerprintSummary } from '../../src/domain/backup/fingerprint.js';
import type { BackupPlan, ChosenBackup, RestorePlan } from '../../src/domain/backup/plan.js';
import type { SourceSpec } from '../../src/domain/backup/source-spec.js';

export const A_SUMMARY: FingerprintSummary = { digest: 'd', items: 1, total: '1', biggest: { orders: '1' }, about: {} };

export function aSourceSpec(over: Partial<SourceSpec> = {}): SourceSpec {
  return {
    name: 'orders', at: { kind: 'directory', path: '/srv/orders' }, repository: 'vault', keep: { last: 2, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 },
    timeoutMs: 60_000, maxAgeMs: null, restore: { keepOldMs: 0, checks: {}, verify: {} }, ...over,
  };
}

export function aBackupPlan(over: Partial<BackupPlan> = {}): BackupPlan {
  return { service: 'shop', environment: 'production', site: 'default', source: aSourceSpec(), notify: {}, ...over };
}

export function aRestorePlan(over: Partial<RestorePlan> = {}): RestorePlan {
  return {
    ...aBackupPlan(), backup: aChosenBackup(), dryRun: false, safety: 'required', holds: ['shop'], applications: [], loss: 'what was written since', pointOfNoReturn: 'when the old data is dropped', ...over,
  };
}

export function aChosenBackup(over: Partial<ChosenBackup> = {}): ChosenBackup {
  return { id: ulid(), snapshot: 's1', repository: 'vault', at: '2026-01-02T03:04:05.000Z', fingerprint: A_SUMMARY, ...over };
}
