import type { BackupStatus } from '../../domain/backup/backup-status.js';
import type { ErrorCode } from '../../domain/errors.js';
import type { SourceAddress } from '../../domain/backup/plan.js';
import type { RestoreControlKind, RestoreMessage } from '../../domain/backup/restore-message.js';
import type { Telling } from '../../domain/backup/steps.js';
import type { RestoreStatus } from '../../domain/backup/restore-status.js';
import type { BackupWorkflowInput, DrillWorkflowInput, HeldAnswer, RestoreWorkflowInput, RetentionInput, VerifyInput } from '../../workflows/backup/input.js';

/** Sequences that take the lock of a source: one of each kind at a time. */
export type BackupRunKind = 'backup' | 'restore' | 'drill';

/** `run`: the id of the backup, restore or drill; the source is its lock. */
export interface BackupRunAddress extends SourceAddress {
  readonly run: string;
}

/** `same`: this one was started before. `other`: another one has the lock. */
export type BackupStart = { readonly start: 'new' | 'same' } | { readonly start: 'other'; readonly live: string };

export interface FoundBackupRun {
  readonly run: string;
  /** `completed` ended by itself; `gone` was terminated, timed out or failed, and left no outcome. */
  readonly state: 'running' | 'completed' | 'gone';
  /** RFC 3339; null while it runs. */
  readonly closedAt: string | null;
}

/** Why a live run does not get on: a step that failed, and is tried again. */
export interface Trying {
  /** As activities are named: `capture`, `copy`. */
  readonly step: string;
  /** Which attempt runs or comes next, from 1. */
  readonly attempt: number;
  /** Of the attempt before. */
  readonly code: ErrorCode;
  readonly text: string;
  /** RFC 3339; null while an attempt runs. */
  readonly nextAt: string | null;
  /** After that it is given up. */
  readonly until: string | null;
}

/**
 * The runs of backups, restores and drills, wherever they live. Every call is bounded in time.
 * All throw TEMPORAL_UNAVAILABLE when the server does not answer. Starts are idempotent by the run's id: after TEMPORAL_UNAVAILABLE it may
 * have started, repeat with the same input.
 */
export interface BackupRuns {
  /** @throws TEMPORAL_NOT_PREPARED when the namespace lacks the search attributes */
  startBackup(input: BackupWorkflowInput): Promise<BackupStart>;
  /** Started is not held: see `held`. @throws TEMPORAL_NOT_PREPARED */
  startRestore(input: RestoreWorkflowInput): Promise<BackupStart>;
  /**
   * Waits until the restore holds every service it must, or has given up.
   *
   * @throws RESTORE_ENDED, TEMPORAL_TIMEOUT when it did not get there in time: ask again
   */
  held(address: BackupRunAddress): Promise<HeldAnswer>;
  /** @throws TEMPORAL_NOT_PREPARED */
  startDrill(input: DrillWorkflowInput): Promise<BackupStart>;
  /** Reads a backup back once more. While one does, another start is the same. */
  startVerify(input: VerifyInput): Promise<void>;
  /** Tells people for as long as it takes, a day at most. While that goes on, the same of the same run again is nothing new. */
  startNotice(telling: Telling): Promise<void>;
  /** Retention of a source, and giving bytes back. While it goes on, another start is the same. @throws TEMPORAL_NOT_PREPARED */
  startRetention(input: RetentionInput): Promise<void>;
  /**
   * Idempotent by message id.
   *
   * @throws RESTORE_ENDED; TEMPORAL_TIMEOUT when no worker took it in time; every code by which a restore refuses a message
   */
  control(address: BackupRunAddress, kind: RestoreControlKind, message: RestoreMessage): Promise<RestoreStatus>;
  /** The live run's own word; undefined when no run of this backup answers, whatever the reason. Never throws. */
  backupStatus(address: BackupRunAddress): Promise<BackupStatus | undefined>;
  /** Like `backupStatus`. */
  restoreStatus(address: BackupRunAddress): Promise<RestoreStatus | undefined>;
  /** null when no step of it is tried again, or nobody answers. `verify`: a backup that is read back once more. Never throws. */
  trying(kind: BackupRunKind | 'verify', address: BackupRunAddress): Promise<Trying | null>;
  /** The newest run that has or had the lock. */
  describe(kind: BackupRunKind, address: SourceAddress): Promise<FoundBackupRun | undefined>;
  /** By search attribute among the running: needs no record. Lags behind by a moment. */
  findRunning(kind: BackupRunKind, run: string): Promise<BackupRunAddress | undefined>;
}
