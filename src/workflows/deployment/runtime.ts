import type { StepInput, StepName, StepResult } from '../../domain/deployment/steps.js';

/**
 * What the sequence needs of the world it runs in. Temporal is one; the model of the property test is another.
 */
export interface Runtime {
  /** Milliseconds since the epoch, the same on every replay. */
  now(): number;
  /** Waits until `condition` holds or the time is over. @returns whether it holds. */
  until(condition: () => boolean, deadline?: { readonly ms: number; readonly summary: string }): Promise<boolean>;
  start<K extends StepName>(name: K, input: StepInput<K>, options: StartOptions<K>): Task<StepResult<K>>;
  /** Hands the last record and undelivered notices to a run of its own, so that the lock is released although the database or a receiver is away. */
  recordLater(input: StepInput<'record'>, notices: readonly StepInput<'notify'>[]): Promise<void>;
  /** Something a viewer sees has changed. */
  changed(): void;
  /** History is long: the run should go on in a new one, where the sequence allows it. */
  shouldContinue(): boolean;
}

export interface StartOptions<K extends StepName> {
  readonly summary: string;
  readonly settled: (outcome: Outcome<StepResult<K>>) => void;
}

/** Work in flight. `outcome` is there once it has ended, in whatever way. */
export interface Task<T> {
  readonly name: StepName;
  readonly outcome: Outcome<T> | undefined;
  cancel(): void;
}

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: string; readonly text: string };
