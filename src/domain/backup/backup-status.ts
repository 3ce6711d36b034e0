import type { Cause } from '../deployment/status.js';
import type { FingerprintSummary } from './fingerprint.js';
import type { Damage } from './manifest.js';
import type { BackupTrigger } from './plan.js';

export const BACKUP_PHASES = ['requested', 'capturing', 'verifying', 'retaining', 'succeeded', 'damaged', 'failed', 'aborted'] as const;
export type BackupPhase = (typeof BACKUP_PHASES)[number];

/** Everything the query `status` of a backup answers. */
export interface BackupStatus {
  readonly backup: string;
  readonly service: string;
  readonly environment: string;
  readonly source: string;
  readonly repository: string;
  readonly trigger: BackupTrigger;
  readonly phase: BackupPhase;
  readonly snapshot: string | null;
  readonly fingerprint: FingerprintSummary | null;
  readonly bytes: number | null;
  readonly storedBytes: number | null;
  /** The instant its data is of, RFC 3339. */
  readonly at: string | null;
  readonly verifiedAt: string | null;
  readonly damage: readonly Damage[];
  readonly cause: Cause | null;
  readonly notes: readonly string[];
  /** How long each part took, by its name: `capture`, `verify`, `retain`. */
  readonly tookMs: Readonly<Record<string, number>>;
  readonly startedAt: string;
  readonly endedAt: string | null;
}
