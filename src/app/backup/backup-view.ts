import type { BackupStatus } from '../../domain/backup/backup-status.js';
import type { BackupRecord } from '../../domain/backup/record.js';
import type { Trying } from './backup-runs.js';

/** What whoever asked for a backup gets at once. */
export type BackupTicket = Pick<BackupRecord, 'id' | 'service' | 'environment' | 'source' | 'state'>;

/** One row of a list. */
export type BackupSummary = BackupTicket & Pick<
  BackupRecord,
  'repository' | 'trigger' | 'reason' | 'at' | 'bytes' | 'storedBytes' | 'verifiedAt' | 'provenAt' | 'requestedAt' | 'endedAt'
> & {
  readonly by: string;
  /** How long each part took; what is not over yet is left out. */
  readonly tookMs: BackupStatus['tookMs'];
  readonly cause: BackupStatus['cause'];
  /** Under legal hold. */
  readonly held: boolean;
};

/** One row of the list of backups. */
export type BackupListItem = BackupSummary & {
  /** null where nothing is kept. */
  readonly kept: KeptView | null;
};

/** Why retention keeps a backup today, and about until when. */
export interface KeptView {
  readonly why: readonly string[];
  /** RFC 3339; null: never, or nobody can tell. */
  readonly expires: string | null;
}

/** One backup with all that is known of it. */
export interface BackupView extends BackupListItem, Pick<BackupStatus, 'phase' | 'snapshot' | 'fingerprint' | 'damage' | 'notes' | 'startedAt'> {
  /** `run`: asked just now; `record`: what was last written down. */
  readonly from: 'run' | 'record';
  /** Why its run does not get on, or that which reads it back once more. */
  readonly trying: Trying | null;
  readonly hold: BackupRecord['hold'];
  readonly checkFailure: BackupRecord['checkFailure'];
}

export function backupTicket({ id, service, environment, source, state }: BackupTicket): BackupTicket {
  return { id, service, environment, source, state };
}

export function backupSummary(record: BackupRecord): BackupSummary {
  const { repository, trigger, by, reason, at, bytes, storedBytes, verifiedAt, provenAt, hold, status, requestedAt, endedAt } = record;
  return {
    ...backupTicket(record), repository, trigger, by: by.name, reason, at, bytes, storedBytes, verifiedAt, provenAt, tookMs: status?.tookMs ?? {}, cause: status?.cause ?? null, held: hold !== null, requestedAt, endedAt,
  };
}

/** The run's word where it has one, else the record's. An ended record is never doubted. */
export function backupView(record: BackupRecord, live: BackupStatus | undefined, { trying, kept }: Pick<BackupView, 'trying' | 'kept'>): BackupView {
  const fresh = record.endedAt === null ? live : undefined;
  const { phase = 'requested', cause = null, notes = [], tookMs = {}, startedAt = record.requestedAt } = fresh ?? record.status ?? {};
  const data = fresh ? { at: fresh.at ?? record.at, bytes: fresh.bytes ?? record.bytes, storedBytes: fresh.storedBytes ?? record.storedBytes } : {};
  return {
    ...backupSummary(record), ...data, from: fresh ? 'run' : 'record', phase, cause, notes, tookMs, startedAt,
    snapshot: record.snapshot ?? fresh?.snapshot ?? null, fingerprint: record.fingerprint ?? fresh?.fingerprint ?? null, damage: record.damage, hold: record.hold, checkFailure: record.checkFailure, trying, kept,
  };
}
