import type { BackupPhase } from './backup-status.js';
import type { BackupState } from './record.js';

/** What is known of a backup, from whomever. */
export interface BackupFacts {
  readonly state: BackupState;
  /** Of its run; null when that wrote no word yet. */
  readonly phase: BackupPhase | null;
  readonly snapshot: string | null;
  readonly verifiedAt: string | null;
  readonly damaged: boolean;
}

/** Follows from the facts alone, in whatever order they came. What retention let go stays gone. */
export function backupStateOf({ state, phase, snapshot, verifiedAt, damaged }: BackupFacts): BackupState {
  if (state === 'forgotten' || state === 'skipped') return state;
  if (damaged) return 'damaged';
  if (snapshot !== null) return verifiedAt === null ? 'stored' : 'verified';
  if (state === 'lost') return 'lost';
  return phase !== null && backupHasEnded(phase) ? 'failed' : 'requested';
}

const ENDED: readonly BackupPhase[] = ['succeeded', 'damaged', 'failed', 'aborted'];

export function backupHasEnded(phase: BackupPhase): boolean {
  return ENDED.includes(phase);
}
