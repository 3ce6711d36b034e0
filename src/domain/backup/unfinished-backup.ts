import type { Cause } from '../deployment/status.js';
import type { BackupStatus } from './backup-status.js';
import type { BackupRecord } from './record.js';

/** The last status of a backup whose run could not write it, or never was: what was known, ended by this cause. */
export function unfinishedStatus(record: BackupRecord, cause: Cause, at: string): BackupStatus {
  const known = record.status ?? firstStatus(record);
  return { ...known, snapshot: record.snapshot, phase: cause.code === 'LOST' ? 'failed' : 'aborted', cause, endedAt: at };
}

/** Ended by whoever missed the run, not by the run itself. */
export function wasLost({ status }: Pick<BackupRecord, 'status'>): boolean {
  return status?.cause?.code === 'LOST';
}

function firstStatus(record: BackupRecord): BackupStatus {
  const { id, service, environment, source, repository, trigger, snapshot, fingerprint, bytes, storedBytes, at, verifiedAt, damage, requestedAt } = record;
  return {
    backup: id, service, environment, source, repository, trigger, phase: 'requested', snapshot, fingerprint, bytes, storedBytes, at, verifiedAt, damage,
    cause: null, notes: [], tookMs: {}, startedAt: requestedAt, endedAt: null,
  };
}
