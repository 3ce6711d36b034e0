import type { Actor } from '../actor.js';
import type { LiveData } from './restore-status.js';

export const RESTORE_CONTROL_KINDS = ['pause', 'resume', 'approve', 'reject', 'abort', 'skip', 'resolve'] as const;
export type RestoreControlKind = (typeof RESTORE_CONTROL_KINDS)[number];

/** What a person tells a live restore. */
export interface RestoreMessage {
  /** Remembered with its answer: the same id twice takes effect once. */
  readonly id: string;
  /** The restore it means; one for another is refused. */
  readonly restore: string;
  /** The gate's name, for approve and reject. */
  readonly gate?: string;
  readonly by: Actor;
  readonly reason?: string;
  /** For resolve: which data is live and shall stay so. */
  readonly live?: LiveData;
}

/** The same from the Web UI or the Temporal CLI: everything may be left out, and the sender is unproven. */
export interface RestoreSignal {
  readonly id?: string;
  readonly restore?: string;
  readonly gate?: string;
  readonly reason?: string;
  readonly live?: string;
}

/** A message with the name of the update or signal it came by. */
export interface RestoreControlMessage extends RestoreMessage {
  readonly kind: RestoreControlKind;
}
