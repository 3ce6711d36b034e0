import type { BackupStatus } from '../domain/backup/backup-status.js';
import type { Fingerprint, FingerprintSummary } from '../domain/backup/fingerprint.js';
import type { Manifest } from '../domain/backup/manifest.js';
import type { Pin } from '../domain/backup/pin.js';
import type { SourceAddress } from '../domain/backup/plan.js';
import type { BackupEntry, BackupRecord, BackupState, CheckFailure, DrillRecord, LegalHold, RestoreRecord } from '../domain/backup/record.js';
import type { ScheduleKind } from '../domain/backup/schedules.js';
import type { RestoreStatus } from '../domain/backup/restore-status.js';
import type { AuditEntry } from './audit-store.js';
import type { LeaseStore } from './lease-store.js';
import type { IdempotencyClaim, Page, PageRequest } from './stores.js';

export type NewBackup = Pick<BackupRecord, 'id' | 'service' | 'environment' | 'source' | 'repository' | 'trigger' | 'by' | 'plan'> & {
  readonly reason?: string;
  /** The same key again is the same backup: a schedule's tick, a step of a run. */
  readonly key?: string;
};

export interface BackupFilter extends Partial<SourceAddress> {
  readonly state?: BackupState;
  readonly repository?: string;
  /** Requested at that instant or after, and before the other, RFC 3339. */
  readonly since?: string;
  readonly until?: string;
  /** Only those that a restore may choose. */
  readonly usable?: boolean;
}

/** The catalogue of backups. */
export interface BackupStore {
  /**
   * One transaction: idempotency key (when given), id and row `requested`.
   *
   * @returns the id of the row: another one's when the same `key` was requested before.
   * @throws IDEMPOTENCY_IN_FLIGHT
   */
  request(backup: NewBackup, idempotency?: IdempotencyClaim): Promise<string>;
  /** First activity of a run: false when another workflow run claimed it, or it was withdrawn, skipped or lost. */
  claim(id: string, runId: string): Promise<boolean>;
  get(id: string): Promise<BackupRecord | undefined>;
  list(filter: BackupFilter, page: PageRequest): Promise<Page<BackupRecord>>;
  /** All that have a snapshot and were not forgotten, newest data first: what retention decides about. */
  kept(address: SourceAddress): Promise<readonly BackupEntry[]>;
  /** Which backups of the source something needs now: they must not be let go. By the store's clock. */
  pins(address: SourceAddress): Promise<readonly Pin[]>;
  /**
   * The newest verified whose data is not newer than `before`. Never one that was made before a restore: its data is most likely what the restore
   * was to put right.
   */
  newestVerified(address: SourceAddress, before?: string): Promise<BackupRecord | undefined>;
  /** Removes a row whose run never started. Its idempotency key is free again. */
  withdraw(id: string): Promise<void>;
  /** A schedule came while another ran: state `skipped`, ended. */
  skip(id: string, text: string): Promise<void>;
  /** How many starts of its schedule were skipped. */
  skippedStarts(address: SourceAddress): Promise<number>;
  /**
   * Content of an attempt, written before it is stored: an attempt whose answer was lost is adopted by it. Insert-if-absent by (backup, attempt).
   * Contents are kept exactly, odd characters included, for as long as the backup is.
   *
   * @throws BACKUP_NOT_FOUND when the row is not there or has ended: whoever writes it belongs to a run that is over
   */
  keepContent(id: string, attempt: number, content: BackupContent): Promise<void>;
  /** Whether an attempt kept its content, and so may have stored something. */
  wasBegun(id: string): Promise<boolean>;
  /** Of that attempt, or of the one that counts: undefined while nothing is stored, and once the backup is forgotten. */
  content(id: string, attempt?: number): Promise<BackupContent | undefined>;
  /**
   * Which attempt's content counts, with its manifest: that of the highest attempt that stored something.
   *
   * @throws BACKUP_NOT_FOUND when the row has ended, a higher attempt stored something, or this one's content was never kept
   */
  stored(id: string, stored: StoredBackup): Promise<void>;
  /**
   * A run's word; the state follows from the status. An ended row stays, except that a run's own word takes the place of `lost`; `damaged` and
   * `forgotten` are never taken back by it.
   *
   * @throws BACKUP_NOT_FOUND
   */
  record(status: BackupStatus): Promise<void>;
  /** Read back again, outside of its run: the newest reading counts, so a repository that was mended makes a damaged one good. @throws BACKUP_NOT_FOUND */
  verified(id: string, result: { readonly at: string; readonly damage: BackupRecord['damage'] }): Promise<void>;
  /** It could not be read back again: its state stays. @throws BACKUP_NOT_FOUND */
  unread(id: string, failure: CheckFailure): Promise<void>;
  /** Restored and found equal. @throws BACKUP_NOT_FOUND */
  proven(id: string, at: string): Promise<void>;
  /**
   * First half of forgetting, before the engine deletes anything: they are `forgotten`, except those that are held or pinned, maybe only since
   * the rules were asked.
   *
   * @returns those that may be deleted now, the ones let go before among them
   */
  letGo(ids: readonly string[]): Promise<readonly string[]>;
  /** Let go, and not known to be out of the repository: a run ended between the two halves. Oldest first. */
  lettingGo(address: SourceAddress): Promise<readonly BackupEntry[]>;
  /** Second half: the repository has them no longer. Their contents are dropped. */
  forgotten(ids: readonly string[]): Promise<void>;
  /** Retention of the source came to its end. */
  retained(address: SourceAddress, at: string): Promise<void>;
  /** null drops the hold. One transaction with what the audit says of it: nothing is held, or held no longer, that it does not know. @throws BACKUP_NOT_FOUND, BACKUP_FORGOTTEN */
  hold(id: string, hold: LegalHold | null, entry: AuditEntry): Promise<void>;
  /** Rows not ended and older than the age, oldest first: what the sweeper looks at. */
  unfinished(olderThanMs: number): Promise<readonly BackupRecord[]>;
  /**
   * Ends a row whose run is gone: `lost`, unless something was stored. The idempotency key of one that never ran is free again.
   *
   * @returns false when it had ended.
   */
  lose(id: string, text: string): Promise<boolean>;
}

export interface StoredBackup {
  readonly attempt: number;
  readonly snapshot: string;
  readonly manifest: Manifest;
  readonly fingerprint: FingerprintSummary;
  readonly bytes: number;
  readonly storedBytes: number;
  /** The instant its data is of, RFC 3339. */
  readonly at: string;
}

export interface BackupContent {
  readonly fingerprint: Fingerprint;
  readonly at: string;
  /** Known before for a folder, after for a stream. */
  readonly manifest: Manifest | null;
}

export type NewRestore = Pick<RestoreRecord, 'id' | 'service' | 'environment' | 'source' | 'backup' | 'plan' | 'by'> & { readonly reason?: string };

export interface RestoreStore {
  request(restore: NewRestore, idempotency?: IdempotencyClaim): Promise<void>;
  /** @throws BACKUP_FORGOTTEN when the backup it is to bring back was let go before it was requested */
  claim(id: string, runId: string): Promise<boolean>;
  get(id: string): Promise<RestoreRecord | undefined>;
  list(filter: Partial<SourceAddress>, page: PageRequest): Promise<Page<RestoreRecord>>;
  withdraw(id: string): Promise<void>;
  /** Never over an ended row, `lost` aside. @throws RESTORE_NOT_FOUND */
  record(status: RestoreStatus): Promise<void>;
  unfinished(olderThanMs: number): Promise<readonly RestoreRecord[]>;
  /** Ends a row whose run is gone: `lost`, with what is live unknown where a run had begun, and what to look for in its cause. @returns false when it had ended. */
  lose(id: string, text: string): Promise<boolean>;
}

export type NewDrill = Pick<DrillRecord, 'id' | 'service' | 'environment' | 'source' | 'by'> & { readonly key?: string };
export type DrillEnd = { readonly proven: boolean; readonly text: string; readonly tookMs: number; readonly at: string };

export interface DrillStore {
  /** @returns the id of the row: another one's when the same `key` was requested before. */
  request(drill: NewDrill, idempotency?: IdempotencyClaim): Promise<string>;
  /** The backup it took. @throws DRILL_NOT_FOUND, BACKUP_FORGOTTEN when that was let go meanwhile */
  open(id: string, plan: NonNullable<DrillRecord['plan']>): Promise<void>;
  get(id: string): Promise<DrillRecord | undefined>;
  list(filter: Partial<SourceAddress>, page: PageRequest): Promise<Page<DrillRecord>>;
  /** The first end stays. @throws DRILL_NOT_FOUND */
  record(id: string, end: DrillEnd): Promise<void>;
  /** Removes a row that never took a backup. */
  withdraw(id: string): Promise<void>;
  /** A schedule came while another ran: ended, neither proven nor failed. @throws DRILL_NOT_FOUND */
  skip(id: string, text: string): Promise<void>;
  skippedStarts(address: SourceAddress): Promise<number>;
  /** Rows not ended and older than the age, oldest first: what the sweeper looks at. */
  unfinished(olderThanMs: number): Promise<readonly DrillRecord[]>;
  /**
   * Ends a row whose run is gone: it proved nothing.
   *
   * @returns false when it had ended. @throws DRILL_NOT_FOUND
   */
  lose(id: string, text: string): Promise<boolean>;
}

/** A place at a site is one repository, whatever it is called; the same path at two sites is two. */
export interface RepositoryAt {
  readonly site: string;
  readonly place: string;
  /** As the operator calls it today. */
  readonly name: string;
}

/** What is known of a repository beside its backups. */
export interface RepositoryStore {
  /** Whether the repository was made, or found, at this place: it is never made there again. */
  isMade(repository: RepositoryAt): Promise<boolean>;
  made(repository: RepositoryAt): Promise<void>;
  /** RFC 3339; null: never. `triedAt`: whatever came of it. */
  prunes(repository: RepositoryAt): Promise<{ readonly prunedAt: string | null; readonly triedAt: string | null }>;
  triedToPrune(repository: RepositoryAt, at: string): Promise<void>;
  pruned(repository: RepositoryAt, at: string): Promise<void>;
}

/** For `/metrics`: when retention last came to its end, and bytes were last given back. */
export interface RetentionMetrics {
  readonly sources: readonly (SourceAddress & { readonly retainedAt: string })[];
  readonly repositories: readonly (RepositoryAt & { readonly prunedAt: string })[];
}

/** Since when sources are declared, as the definitions alone do not tell: they change for many reasons. `ServiceStore.put` declares them. */
export interface SourceStore {
  /** RFC 3339; undefined: no definition declares it. */
  declaredAt(address: SourceAddress): Promise<string | undefined>;
}

/** For `/metrics`, one row a source that is declared or has ever been backed up. */
export interface BackupMetrics extends SourceAddress {
  /** null: no definition declares it any more. */
  readonly declared: { readonly at: string; readonly maxAgeMs: number | null } | null;
  /** The instant the newest verified data is of. */
  readonly newestVerifiedAt: string | null;
  readonly newestBytes: number | null;
  /** From the start to the end of its run. */
  readonly newestTookMs: number | null;
  /** By a restore or a drill. */
  readonly lastProvenAt: string | null;
  readonly lastDrillFailedAt: string | null;
  /** Of its schedules. */
  readonly skippedStarts: Readonly<Record<ScheduleKind, number>>;
  readonly byState: Readonly<Partial<Record<BackupState, number>>>;
}

export interface BackupStores {
  readonly backups: BackupStore;
  readonly restores: RestoreStore;
  readonly drills: DrillStore;
  readonly leases: LeaseStore;
  readonly repositories: RepositoryStore;
  readonly sources: SourceStore;
}
