import type { BackupPlan } from '../../domain/backup/plan.js';
import type { MadeBackup } from '../../domain/deployment/follow-up.js';
import type { StepInput, Steps } from '../../domain/deployment/steps.js';
import type { Runtime as SequenceRuntime, StartOptions, Task } from '../sequence/runtime.js';

export type { Outcome, Task } from '../sequence/runtime.js';

/** How far a backup in another run is, for people. */
export interface BackupOptions extends Pick<StartOptions<MadeBackup>, 'settled'> {
  readonly says: (text: string) => void;
}

/** The world of a deployment. */
export interface Runtime extends SequenceRuntime<Steps> {
  /** Hands the last record and undelivered notices to a run of its own, so that the lock is released although the database or a receiver is away. */
  recordLater(input: StepInput<'record'>, notices: readonly StepInput<'notify'>[]): Promise<void>;
  /** Backs a source up in a run of its own. The task fails unless the backup was made and read back; cancelled, it ends at once. */
  backUp(plan: BackupPlan, options: BackupOptions): Task<MadeBackup>;
}
