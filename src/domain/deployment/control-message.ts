import type { Actor } from '../actor.js';
import type { Slot } from '../router/entry.js';

export const CONTROL_KINDS = ['pause', 'resume', 'approve', 'reject', 'abort', 'promote', 'skip', 'resolve'] as const;
export type ControlKind = (typeof CONTROL_KINDS)[number];

/** What a person tells a live deployment. */
export interface ControlMessage {
  /** Remembered with its answer: the same id twice takes effect once. */
  readonly id: string;
  /** The deployment it means; one for another is refused. */
  readonly deployment: string;
  /** The step it means; without, the present one. */
  readonly step?: number;
  /** `<step>/<name>`, for approve and reject. */
  readonly gate?: string;
  readonly by: Actor;
  readonly reason?: string;
  /** For resolve: the slot that serves, or the router instance to go on without. */
  readonly resolve?: { readonly slot: Slot } | { readonly drop: string };
}

/** The same from the Web UI or the Temporal CLI: everything may be left out, and the sender is unproven. */
export interface ControlSignal {
  readonly id?: string;
  readonly deployment?: string;
  readonly step?: number;
  readonly gate?: string;
  readonly reason?: string;
  readonly slot?: string;
  readonly drop?: string;
}

/** A message with the name of the update or signal it came by. */
export interface Control extends ControlMessage {
  readonly kind: ControlKind;
}
