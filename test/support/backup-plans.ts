import type { BackupPlan, ChosenBackup, RestorePlan } from '../../src/domain/backup/plan.js';
import type { SourceSpec } from '../../src/domain/backup/source-spec.js';

export function aSourceSpec(over: Partial<SourceSpec> = {}): SourceSpec {
  return {
    name: 'orders', at: { kind: 'directory', path: '/srv/orders' }, repository: 'vault', keep: { last: 3, hourly: 0, daily: 7, weekly: 0, monthly: 0, yearly: 0 },
    timeoutMs: 3_600_000, maxAgeMs: 86_400_000, restore: { keepOldMs: 3_600_000, checks: {}, verify: {} }, ...over,
  };
}

export function aBackupPlan(over: Partial<BackupPlan> = {}): BackupPlan {
  return { service: 'shop', environment: 'test', site: 'default', source: aSourceSpec(), notify: {}, ...over };
}

export function aChosenBackup(over: Partial<ChosenBackup> = {}): ChosenBackup {
  return {
    id: '01JD0000000000000000000000', snapshot: 'abc', repository: 'vault', at: '2030-01-01T00:00:00.000Z',
    fingerprint: { digest: 'd', items: 2, total: '120', biggest: { orders: '118' }, about: {} }, ...over,
  };
}

export function aRestorePlan(over: Partial<RestorePlan> = {}): RestorePlan {
  return { ...aBackupPlan(), backup: aChosenBackup(), dryRun: false, holds: ['shop'], applications: [], loss: '', pointOfNoReturn: '', ...over };
}
