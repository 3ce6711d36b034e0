import type { Cause, OpenGate } from '../deployment/status.js';
import type { FingerprintDifference, FingerprintSummary } from './fingerprint.js';

export const RESTORE_PHASES = [
  'requested', 'holding', 'quiescing', 'protecting', 'copying', 'proving', 'waiting', 'swapping', 'verifying', 'keeping', 'rolling-back', 'needs-attention',
  'succeeded', 'rolled-back', 'aborted', 'failed', 'lost',
] as const;
export type RestorePhase = (typeof RESTORE_PHASES)[number];

const ENDED: readonly RestorePhase[] = ['succeeded', 'rolled-back', 'aborted', 'failed', 'lost'];

export function restoreHasEnded(phase: RestorePhase): boolean {
  return ENDED.includes(phase);
}

/** Which data is live: `old` what was there before, `restored` what came from the backup. */
export type LiveData = 'old' | 'restored';

/** Everything the query `status` of a restore answers. */
export interface RestoreStatus {
  readonly restore: string;
  readonly service: string;
  readonly environment: string;
  readonly source: string;
  /** The backup that is restored. */
  readonly backup: string;
  readonly dryRun: boolean;
  readonly phase: RestorePhase;
  readonly paused: boolean;
  readonly waitsFor: string | null;
  /** `unknown` of one that was lost. */
  readonly live: LiveData | 'unknown';
  /** Services that cannot be deployed at present because of it. */
  readonly held: readonly string[];
  /** The backup made of what was live; null before. */
  readonly safetyBackup: string | null;
  readonly proof: Proof | null;
  readonly gates: readonly OpenGate[];
  /** May it still be aborted? False once the old data is being dropped, and at the end. */
  readonly canAbort: boolean;
  readonly loss: string;
  readonly pointOfNoReturn: string;
  readonly cause: Cause | null;
  readonly notes: readonly string[];
  readonly milestones: Readonly<Record<string, string>>;
  readonly tookMs: Readonly<Record<string, number>>;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** Ids of the messages that it took, the newest 200; left out where there are none. */
  readonly messages?: readonly string[];
}

/** Whether the restored copy is what was backed up. */
export interface Proof {
  readonly equal: boolean;
  /** At most 50. */
  readonly differences: readonly FingerprintDifference[];
  readonly checks: readonly CheckOutcome[];
  readonly copy: FingerprintSummary;
  /** What was live at that moment; null where it could not be read. */
  readonly live: FingerprintSummary | null;
  /** In how many items live differs from the copy; null where it could not be read. */
  readonly differing: number | null;
  /** In how many items live is no longer what the safety backup holds. Left out where there is none, or live could not be read. */
  readonly writtenSince?: number;
  /** In which, for the person who decides: at most 20. */
  readonly delta: readonly string[];
}

export interface CheckOutcome {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}
