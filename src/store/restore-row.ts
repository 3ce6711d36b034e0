import { lostRestoreStatus } from '../domain/backup/lost-restore.js';
import type { DrillRecord, RestoreRecord } from '../domain/backup/record.js';
import { restoreHasEnded, type RestoreStatus } from '../domain/backup/restore-status.js';
import { moment } from './moment.js';
import type { DrillEnd } from './backup-stores.js';

/** A restore, with what only the store needs. How it changes is decided here, for every implementation; undefined: it does not. */
export interface RestoreRow {
  readonly record: RestoreRecord;
  readonly runId: string | null;
}

export function restoreRecorded(row: RestoreRow, status: RestoreStatus, now: string): RestoreRow | undefined {
  const { record } = row;
  if (record.endedAt !== null && record.status?.phase !== 'lost') return undefined;
  const endedAt = restoreHasEnded(status.phase) ? moment(status.endedAt ?? now) : null;
  return { ...row, record: { ...record, status, endedAt } };
}

export function restoreLost(row: RestoreRow, text: string, at: string): RestoreRow | undefined {
  if (row.record.endedAt !== null) return undefined;
  return { ...row, record: { ...row.record, status: lostRestoreStatus(row.record, { text, at, ran: row.runId !== null }), endedAt: at } };
}

export function drillOpened(record: DrillRecord, plan: NonNullable<DrillRecord['plan']>): DrillRecord | undefined {
  return record.endedAt === null ? { ...record, plan, backup: plan.backup.id } : undefined;
}

/** One that has begun goes on. */
export function drillSkipped(record: DrillRecord, text: string, at: string): DrillRecord | undefined {
  return record.endedAt === null && record.plan === null ? { ...record, text, endedAt: at } : undefined;
}

/** A start of a schedule that found another drill at work. */
export function isSkippedDrill({ endedAt, proven }: Pick<DrillRecord, 'endedAt' | 'proven'>): boolean {
  return endedAt !== null && proven === null;
}

export function drillLost(record: DrillRecord, text: string, at: string): DrillRecord | undefined {
  return drillEnded(record, { proven: false, text, tookMs: Math.max(0, Date.parse(at) - Date.parse(record.requestedAt)), at });
}

export function drillEnded(record: DrillRecord, { proven, text, tookMs, at }: DrillEnd): DrillRecord | undefined {
  return record.endedAt === null ? { ...record, proven, text, tookMs, endedAt: moment(at) } : undefined;
}
