import { ulid } from 'ulid';
import type { BackupStatus } from '../../domain/backup/backup-status.js';
import type { Fingerprint, FingerprintSummary } from '../../domain/backup/fingerprint.js';
import type { BackupPlan, ChosenBackup, DrillPlan, RestorePlan } from '../../domain/backup/plan.js';
import type { RestoreStatus } from '../../domain/backup/restore-status.js';
import type { BackupContent, BackupStore, NewBackup, NewDrill, NewRestore, StoredBackup } from '../backup-stores.js';

export const SUMMARY: FingerprintSummary = { digest: 'd1', items: 2, total: '120', biggest: { 'public.orders': '118' }, about: { version: '15.18' } };

function aPlan(service: string, maxAgeMs: number | null): BackupPlan {
  return {
    service, environment: 'production', site: 'default', notify: {},
    source: {
      name: 'orders', at: { kind: 'directory', path: '/srv/orders' }, repository: 'vault', timeoutMs: 60_000, maxAgeMs,
      keep: { last: 7, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 }, restore: { keepOldMs: 60_000, checks: {}, verify: {} },
    },
  };
}

export function aBackup(service: string, over: Partial<NewBackup> & { readonly maxAgeMs?: number } = {}): NewBackup {
  const { maxAgeMs = null, ...rest } = over;
  return {
    id: ulid(), service, environment: 'production', source: 'orders', repository: 'vault', trigger: 'request', by: { name: 'ada', roles: ['operator'] },
    plan: aPlan(service, maxAgeMs), ...rest,
  };
}

export function aBackupStatus(backup: NewBackup, over: Partial<BackupStatus> = {}): BackupStatus {
  const { id, service, environment, source, repository, trigger } = backup;
  return {
    backup: id, service, environment, source, repository, trigger, phase: 'capturing', snapshot: null, fingerprint: null, bytes: null, storedBytes: null,
    at: null, verifiedAt: null, damage: [], cause: null, notes: [], tookMs: {}, startedAt: '2026-01-01T00:00:00.000Z', endedAt: null, ...over,
  };
}

/** The last word of a run whose backup was read back. */
export function aVerifiedEnd(backup: NewBackup, over: Partial<BackupStatus> = {}): BackupStatus {
  return aBackupStatus(backup, {
    phase: 'succeeded', snapshot: `snapshot-of-${backup.id}`, fingerprint: SUMMARY, bytes: 5_000_000_000, storedBytes: 70, at: '2026-01-01T00:00:01.000Z',
    verifiedAt: '2026-01-01T00:01:00.000Z', tookMs: { capture: 10 }, endedAt: '2026-01-01T00:02:00.000Z', ...over,
  });
}

export function aFailure(backup: NewBackup, over: Partial<BackupStatus> = {}): BackupStatus {
  return aBackupStatus(backup, { phase: 'failed', endedAt: '2026-01-01T00:02:00.000Z', cause: { code: 'PRODUCER_FAILED', by: 'slipway', text: 'no' }, ...over });
}

export function aContent(over: Partial<BackupContent> = {}): BackupContent {
  return { fingerprint: aFingerprint('118'), at: '2026-01-01T00:00:01.000Z', manifest: null, ...over };
}

export function aFingerprint(rows: string): Fingerprint {
  return { items: { 'public.orders': { kind: 'table', count: rows, sum: '-42' } }, about: { version: '15.18' } };
}

export function aStored(over: Partial<StoredBackup> = {}): StoredBackup {
  return {
    attempt: 1, snapshot: 'snapshot-1', manifest: { files: { 'orders.dump': { kind: 'file', bytes: 100, sha256: 'ab' } } }, fingerprint: SUMMARY,
    bytes: 100, storedBytes: 70, at: '2026-01-01T00:00:01.000Z', ...over,
  };
}

/** Requested, run and recorded as verified. */
export async function makeVerified(store: BackupStore, service: string, over: { readonly at?: string; readonly id?: string; readonly trigger?: NewBackup['trigger']; readonly key?: string } = {}): Promise<NewBackup> {
  const { at, ...more } = over;
  const backup = aBackup(service, more);
  await store.request(backup);
  await store.record(aVerifiedEnd(backup, at === undefined ? {} : { at }));
  return backup;
}

function aChosen(): ChosenBackup {
  return { id: ulid(), snapshot: 'snapshot-1', repository: 'vault', at: '2026-01-01T00:00:01.000Z', fingerprint: SUMMARY };
}

export function aDrillPlan(service: string): DrillPlan {
  return { ...aPlan(service, null), backup: aChosen() };
}

function aRestorePlan(service: string): RestorePlan {
  return { ...aDrillPlan(service), dryRun: false, safety: 'required', holds: [service], applications: [], loss: 'writes of 3 min', pointOfNoReturn: 'the swap' };
}

export function aRestore(service: string, over: Partial<NewRestore> = {}): NewRestore {
  const plan = aRestorePlan(service);
  return { id: ulid(), service, environment: 'production', source: 'orders', backup: plan.backup.id, plan, by: { name: 'ada', roles: ['operator'] }, ...over };
}

export function aRestoreStatus(restore: NewRestore, over: Partial<RestoreStatus> = {}): RestoreStatus {
  const { id, service, environment, source, backup } = restore;
  return {
    restore: id, service, environment, source, backup, dryRun: false, phase: 'copying', paused: false, waitsFor: null, live: 'old', held: [service],
    safetyBackup: null, proof: null, gates: [], canAbort: true, loss: '', pointOfNoReturn: '', cause: null, notes: [], milestones: {}, tookMs: {},
    startedAt: '2026-01-01T00:00:00.000Z', endedAt: null, ...over,
  };
}

export function aDrill(service: string, over: Partial<NewDrill> = {}): NewDrill {
  return { id: ulid(), service, environment: 'production', source: 'orders', by: { name: 'slipway', roles: [] }, ...over };
}
