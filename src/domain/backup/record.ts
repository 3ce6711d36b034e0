import type { Actor } from '../actor.js';
import type { BackupStatus } from './backup-status.js';
import type { FingerprintSummary } from './fingerprint.js';
import type { Damage } from './manifest.js';
import type { BackupPlan, BackupTrigger, DrillPlan, RestorePlan } from './plan.js';
import type { RestoreStatus } from './restore-status.js';

/**
 * `requested` until the run stored something; `stored`: not read back yet; `verified`: its bytes were read back; `damaged`: they were not what was
 * stored; `failed`: nothing usable was stored; `skipped`: a schedule came while one was running; `forgotten`: retention let it go.
 */
export const BACKUP_STATES = ['requested', 'stored', 'verified', 'damaged', 'failed', 'skipped', 'forgotten', 'lost'] as const;
export type BackupState = (typeof BACKUP_STATES)[number];

/** A row of the catalogue. */
export interface BackupRecord {
  readonly id: string;
  readonly service: string;
  readonly environment: string;
  readonly source: string;
  readonly repository: string;
  readonly state: BackupState;
  readonly trigger: BackupTrigger;
  readonly by: Actor;
  readonly reason: string | null;
  readonly plan: BackupPlan;
  /** The run's last word; null until it wrote one. */
  readonly status: BackupStatus | null;
  readonly snapshot: string | null;
  readonly fingerprint: FingerprintSummary | null;
  /** As read from the source, and as they lie in the repository. */
  readonly bytes: number | null;
  readonly storedBytes: number | null;
  /** The instant its data is of, RFC 3339. */
  readonly at: string | null;
  readonly verifiedAt: string | null;
  /** Why it could not be read back once more the last time somebody asked; null when it could. */
  readonly checkFailure: CheckFailure | null;
  /** When a restore or drill last proved its content equal. */
  readonly provenAt: string | null;
  readonly damage: readonly Damage[];
  readonly hold: LegalHold | null;
  readonly requestedAt: string;
  readonly endedAt: string | null;
}

/** It says nothing about the backup: what was known of it before still counts. */
export interface CheckFailure {
  readonly code: string;
  readonly text: string;
  /** RFC 3339. */
  readonly at: string;
}

/** What retention needs to know of a row: there may be a hundred thousand of one source. */
export interface BackupEntry extends Pick<BackupRecord, 'id' | 'repository' | 'state' | 'trigger' | 'snapshot' | 'at' | 'requestedAt'> {
  /** Under legal hold. */
  readonly held: boolean;
}

/** Retention never takes a backup that is held, whatever the rules say. */
export interface LegalHold {
  readonly by: string;
  readonly reason: string;
  readonly at: string;
}

export interface RestoreRecord {
  readonly id: string;
  readonly service: string;
  readonly environment: string;
  readonly source: string;
  readonly backup: string;
  readonly plan: RestorePlan;
  readonly by: Actor;
  readonly reason: string | null;
  readonly status: RestoreStatus | null;
  readonly requestedAt: string;
  readonly endedAt: string | null;
}

/** One exercise of restoring: what it restored, and whether it was equal. */
export interface DrillRecord {
  readonly id: string;
  readonly service: string;
  readonly environment: string;
  readonly source: string;
  readonly backup: string | null;
  readonly plan: DrillPlan | null;
  readonly by: Actor;
  /** null while it runs, and where a schedule came while another ran. */
  readonly proven: boolean | null;
  readonly text: string;
  readonly tookMs: number | null;
  readonly requestedAt: string;
  readonly endedAt: string | null;
}
