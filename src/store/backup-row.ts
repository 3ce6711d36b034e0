import { backupHasEnded, backupStateOf, type BackupFacts } from '../domain/backup/backup-state.js';
import type { BackupStatus } from '../domain/backup/backup-status.js';
import type { SourceAddress } from '../domain/backup/plan.js';
import type { BackupEntry, BackupRecord, CheckFailure, LegalHold } from '../domain/backup/record.js';
import { unfinishedStatus, wasLost } from '../domain/backup/unfinished-backup.js';
import type { StoredBackup } from './backup-stores.js';
import { later, moment } from './moment.js';
import { notRunning, wasForgotten } from './refusals.js';

/** A row of the catalogue, with what only the store needs. How it changes is decided here, for every implementation; undefined: it does not. */
export interface BackupRow {
  readonly record: BackupRecord;
  readonly key: string | null;
  readonly runId: string | null;
  /** Whose content counts; null until something was stored. */
  readonly attempt: number | null;
  /** When it was last read back, with whatever result. */
  readonly checkedAt: string | null;
  /** How long its run took; null until that ended. */
  readonly tookMs: number | null;
  /** Forgotten, and out of the repository. */
  readonly erased: boolean;
}

/** Ended before it began, as another one of its source ran. One that began is left as it is. */
export function skipped(row: BackupRow, text: string, at: string): BackupRow | undefined {
  if (row.runId !== null || row.record.endedAt !== null) return undefined;
  const status = unfinishedStatus(row.record, { code: 'BACKUP_RUNNING', by: 'slipway', text }, at);
  return withRecord(row, { state: 'skipped', status, endedAt: at });
}

/** What an attempt stored; that of a later attempt counts. @throws BACKUP_NOT_FOUND when its run is over */
export function storedAs(row: BackupRow, { attempt, snapshot, fingerprint, bytes, storedBytes, at }: StoredBackup): BackupRow | undefined {
  if (row.record.endedAt !== null) throw notRunning(row.record.id);
  if (row.attempt !== null && attempt < row.attempt) return undefined;
  return { ...settled(row, { snapshot, fingerprint, bytes, storedBytes, at: moment(at) }), attempt };
}

/** What its run says of itself. Neither an older word nor one after its end changes anything; one that was lost is found again. */
export function recorded(row: BackupRow, status: BackupStatus, now: string): BackupRow | undefined {
  const { record } = row;
  if (record.endedAt !== null && !wasLost(record)) return undefined;
  const endedAt = backupHasEnded(status.phase) ? moment(status.endedAt ?? now) : null;
  const readBack = status.phase === 'succeeded' ? status.verifiedAt ?? endedAt : status.verifiedAt;
  const next = settled(row, {
    status,
    state: record.state === 'lost' ? 'requested' : record.state,
    snapshot: status.snapshot ?? record.snapshot,
    fingerprint: status.fingerprint ?? record.fingerprint,
    bytes: status.bytes ?? record.bytes,
    storedBytes: status.storedBytes ?? record.storedBytes,
    at: status.at === null ? record.at : moment(status.at),
    verifiedAt: later(record.verifiedAt, readBack),
    damage: status.damage.length > 0 ? status.damage : record.damage,
    endedAt,
  }, status.phase === 'damaged' || record.state === 'damaged');
  return { ...next, checkedAt: later(row.checkedAt, readBack), tookMs: endedAt === null ? null : Date.parse(endedAt) - Date.parse(status.startedAt) };
}

/** The newest reading counts, whichever was told last. */
export function readAgain(row: BackupRow, result: { readonly at: string; readonly damage: BackupRecord['damage'] }): BackupRow | undefined {
  const at = moment(result.at);
  if (row.record.snapshot === null || (row.checkedAt !== null && at < row.checkedAt)) return undefined;
  const verifiedAt = result.damage.length === 0 ? later(row.record.verifiedAt, at) : row.record.verifiedAt;
  return { ...settled(row, { verifiedAt, damage: result.damage, checkFailure: null }), checkedAt: at };
}

export function unread(row: BackupRow, failure: CheckFailure): BackupRow | undefined {
  const at = moment(failure.at);
  if (row.checkedAt !== null && at < row.checkedAt) return undefined;
  return withRecord(row, { checkFailure: { ...failure, at } });
}

/** A restore or drill found it equal to what it had been. */
export function provenEqual(row: BackupRow, at: string): BackupRow {
  return withRecord(row, { provenAt: later(row.record.provenAt, at) });
}

/** Retention takes it out of the catalogue; never one under legal hold, or one of which nothing is stored. */
export function letGo(row: BackupRow): BackupRow | undefined {
  return row.record.hold === null && row.record.snapshot !== null ? withRecord(row, { state: 'forgotten' }) : undefined;
}

/** Its bytes are gone from the repository too. */
export function erased(row: BackupRow): BackupRow {
  return { ...withRecord(row, { state: 'forgotten' }), erased: true };
}

/** Under legal hold, or null: no longer. @throws BACKUP_FORGOTTEN */
export function held(row: BackupRow, hold: LegalHold | null): BackupRow {
  if (hold !== null && row.record.state === 'forgotten') throw wasForgotten(row.record.id);
  return withRecord(row, { hold });
}

/** Its run is gone without an end. */
export function lost(row: BackupRow, text: string, at: string): BackupRow | undefined {
  if (row.record.endedAt !== null) return undefined;
  const status = unfinishedStatus(row.record, { code: 'LOST', by: 'slipway', text }, at);
  return settled(row, { state: 'lost', status, endedAt: at }, row.record.state === 'damaged');
}

/** A start of a schedule that found another backup at work. */
export function isSkippedStart({ state, trigger }: Pick<BackupRecord, 'state' | 'trigger'>): boolean {
  return state === 'skipped' && trigger === 'schedule';
}

/** Which attempts' contents somebody may still ask for, the bounds included: none where the first passes the second. */
export function keptAttempts({ record, attempt, erased: gone }: BackupRow): readonly [from: number, to: number] {
  if (gone || (record.endedAt !== null && attempt === null)) return NONE;
  return record.endedAt === null ? [attempt ?? 0, MOST_ATTEMPTS] : [attempt ?? 0, attempt ?? 0];
}

const NONE = [1, 0] as const;
/** The most that PostgreSQL's `integer` holds. */
const MOST_ATTEMPTS = 2_147_483_647;

/** What retention sees of it. */
export function entryOf({ id, repository, state, trigger, snapshot, at, requestedAt, hold }: BackupRecord): BackupEntry {
  return { id, repository, state, trigger, snapshot, at, requestedAt, held: hold !== null };
}

/** The newest data first. */
export function byNewestData(a: BackupRecord, b: BackupRecord): number {
  const [left, right] = [a, b].map(({ at, id }) => `${at ?? ''} ${id}`);
  return (left ?? '') < (right ?? '') ? 1 : -1;
}

/** Whether it is of this source; what is left out may be any. */
export function isOf(record: SourceAddress, { service, environment, source }: Partial<SourceAddress>): boolean {
  return (service === undefined || record.service === service)
    && (environment === undefined || record.environment === environment)
    && (source === undefined || record.source === source);
}

/** The row with new facts, in the state that follows from them. */
function settled(row: BackupRow, facts: Partial<BackupRecord>, damaged = false): BackupRow {
  const record = { ...row.record, ...facts };
  const known: BackupFacts = {
    state: record.state, phase: record.status?.phase ?? null, snapshot: record.snapshot, verifiedAt: record.verifiedAt,
    damaged: damaged || record.damage.length > 0,
  };
  return withRecord(row, { ...facts, state: backupStateOf(known) });
}

function withRecord(row: BackupRow, facts: Partial<BackupRecord>): BackupRow {
  return { ...row, record: { ...row.record, ...facts } };
}
