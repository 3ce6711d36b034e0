import type { BackupStatus } from '../domain/backup/backup-status.js';
import type { Fingerprint } from '../domain/backup/fingerprint.js';
import type { Manifest } from '../domain/backup/manifest.js';
import type { SourceAddress } from '../domain/backup/plan.js';
import type { BackupRecord, BackupState, DrillRecord, LegalHold, RestoreRecord } from '../domain/backup/record.js';
import type { RestoreStatus } from '../domain/backup/restore-status.js';
import type { IdempotencyClaim, Page, PageRequest } from './stores.js';

export type NewBackup = Pick<BackupRecord, 'id' | 'service' | 'environment' | 'source' | 'repository' | 'trigger' | 'by' | 'plan'> & {
  readonly reason?: string;
  /** The same key again is the same backup: a schedule's tick, a step of a run. */
  readonly key?: string;
};

export interface BackupFilter extends Partial<SourceAddress> {
  readonly state?: BackupState;
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
  kept(address: SourceAddress): Promise<readonly BackupRecord[]>;
  /** The newest verified, not damaged, whose data is not newer than `before`. */
  newestVerified(address: SourceAddress, before?: string): Promise<BackupRecord | undefined>;
  /** Removes a row whose run never started. Its idempotency key is free again. */
  withdraw(id: string): Promise<void>;
  /** A schedule came while another ran: state `skipped`, ended. */
  skip(id: string, text: string): Promise<void>;
  /** Content of an attempt, written before it is stored: an attempt whose answer was lost is adopted by it. Insert-if-absent by (backup, attempt). */
  keepContent(id: string, attempt: number, content: BackupContent): Promise<void>;
  content(id: string, attempt?: number): Promise<BackupContent | undefined>;
  /** Which attempt's content counts, with its manifest. */
  stored(id: string, stored: { readonly attempt: number; readonly snapshot: string; readonly manifest: Manifest; readonly bytes: number; readonly storedBytes: number; readonly at: string }): Promise<void>;
  /** A run's word; the state follows from the status. An ended row stays, and `damaged`, `forgotten` are never taken back by it. */
  record(status: BackupStatus): Promise<void>;
  /** Read back again, outside of its run. */
  verified(id: string, result: { readonly at: string; readonly damage: BackupRecord['damage'] }): Promise<void>;
  /** Restored and found equal. */
  proven(id: string, at: string): Promise<void>;
  forgotten(ids: readonly string[]): Promise<void>;
  /** null lets it go. @throws BACKUP_NOT_FOUND */
  hold(id: string, hold: LegalHold | null): Promise<void>;
  /** Rows not ended and older than the age, oldest first: what the sweeper looks at. */
  unfinished(olderThanMs: number): Promise<readonly BackupRecord[]>;
  lose(id: string, text: string): Promise<boolean>;
}

export interface BackupContent {
  readonly fingerprint: Fingerprint;
  readonly at: string;
  /** Known before for a folder, after for a stream. */
  readonly manifest: Manifest | null;
}

export interface RestoreStore {
  request(restore: Pick<RestoreRecord, 'id' | 'service' | 'environment' | 'source' | 'backup' | 'plan' | 'by'> & { readonly reason?: string }, idempotency?: IdempotencyClaim): Promise<void>;
  claim(id: string, runId: string): Promise<boolean>;
  get(id: string): Promise<RestoreRecord | undefined>;
  list(filter: Partial<SourceAddress>, page: PageRequest): Promise<Page<RestoreRecord>>;
  withdraw(id: string): Promise<void>;
  /** Never over an ended row. */
  record(status: RestoreStatus): Promise<void>;
  unfinished(olderThanMs: number): Promise<readonly RestoreRecord[]>;
  lose(id: string, text: string): Promise<boolean>;
}

export interface DrillStore {
  /** @returns the id of the row: another one's when the same `key` was requested before. */
  request(drill: Pick<DrillRecord, 'id' | 'service' | 'environment' | 'source' | 'by'> & { readonly key?: string }, idempotency?: IdempotencyClaim): Promise<string>;
  /** The backup it took. */
  open(id: string, plan: NonNullable<DrillRecord['plan']>): Promise<void>;
  get(id: string): Promise<DrillRecord | undefined>;
  list(filter: Partial<SourceAddress>, page: PageRequest): Promise<Page<DrillRecord>>;
  /** Insert-if-absent of the end. */
  record(id: string, end: { readonly proven: boolean; readonly text: string; readonly tookMs: number; readonly at: string }): Promise<void>;
  withdraw(id: string): Promise<void>;
}

export type LeaseMode = 'shared' | 'alone';

/** Who may work on a repository, for a bounded time: a holder that dies stops nobody for longer than that. By the database's clock. */
export interface LeaseStore {
  /**
   * `token` grows with each lease given out, whatever its name: a later holder always has the higher one.
   *
   * @returns the lease, or who holds it and until when.
   */
  acquire(request: { readonly name: string; readonly mode: LeaseMode; readonly holder: string; readonly ttlMs: number }): Promise<{ readonly token: number } | { readonly heldBy: string; readonly until: string }>;
  /** @returns false when it has run out, or was never given: the holder must stop at once. */
  renew(token: number, ttlMs: number): Promise<boolean>;
  release(token: number): Promise<void>;
}

/** What is known of a repository beside its backups. */
export interface RepositoryStore {
  /** RFC 3339; null: never. */
  prunedAt(name: string): Promise<string | null>;
  pruned(name: string, at: string): Promise<void>;
}

/** For `/metrics`, one row a source that has ever been backed up. */
export interface BackupMetrics extends SourceAddress {
  readonly newestVerifiedAt: string | null;
  readonly newestBytes: number | null;
  readonly newestTookMs: number | null;
  readonly lastProvenAt: string | null;
  readonly lastDrillFailedAt: string | null;
  readonly byState: Readonly<Partial<Record<BackupState, number>>>;
}

export interface BackupStores {
  readonly backups: BackupStore;
  readonly restores: RestoreStore;
  readonly drills: DrillStore;
  readonly leases: LeaseStore;
  readonly repositories: RepositoryStore;
  readonly backupMetrics: () => Promise<readonly BackupMetrics[]>;
}
