import type { Release } from '../deployment/release.js';
import type { NotifySpec } from '../service/environment.js';
import type { FingerprintSummary } from './fingerprint.js';
import type { SourceSpec } from './source-spec.js';

/** Which data, of whom, and who carries the work out. */
export interface SourceAddress {
  readonly service: string;
  readonly environment: string;
  readonly source: string;
}

/** Everything a backup needs to know, as data: computed once from the definition. */
export interface BackupPlan {
  readonly service: string;
  readonly environment: string;
  readonly site: string;
  readonly source: SourceSpec;
  readonly notify: Readonly<Record<string, NotifySpec>>;
}

/** Why a backup was made; `safety`: before a restore. */
export type BackupTrigger = 'request' | 'schedule' | 'safety' | 'deployment';

/** A backup that a restore or drill brings back. */
export interface ChosenBackup {
  readonly id: string;
  readonly snapshot: string;
  readonly repository: string;
  /** The instant its data is of, RFC 3339. */
  readonly at: string;
  readonly fingerprint: FingerprintSummary;
}

export interface DrillPlan extends BackupPlan {
  readonly backup: ChosenBackup;
}

/** Everything a restore needs to know. */
export interface RestorePlan extends BackupPlan {
  readonly backup: ChosenBackup;
  /** Ends before the swap and reports. */
  readonly dryRun: boolean;
  /** `try`: swaps also when what is live can no longer be backed up, as a damaged database; it is kept all the same. */
  readonly safety: 'required' | 'try';
  /** Every service of the environment that declares this source, sorted: none of them can be deployed meanwhile. Empty for a dry run. */
  readonly holds: readonly string[];
  /** What is live of the services held: asked for its health after the swap. */
  readonly applications: readonly Application[];
  /** What is lost, in words and numbers, for people. */
  readonly loss: string;
  readonly pointOfNoReturn: string;
}

export interface Application {
  readonly service: string;
  readonly slot: 'blue' | 'green';
  readonly deployment: string;
  readonly release: Release;
}
