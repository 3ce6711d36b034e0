/** `cancelled`: it is still ours, and a cancel was requested. `gone`: the server has given the work to another attempt, or nobody waits for it any more. */
export type OwnershipAnswer = 'ours' | 'cancelled' | 'gone' | 'unreachable';

/** Asks the Temporal server whether an attempt is still the one that counts. `Context.heartbeat()` cannot say: it is not answered. */
export interface Ownership {
  /**
   * Bounded in time, never throws.
   *
   * @param progress goes with the question, as the server keeps the details of the last beat only.
   */
  stillOurs(taskToken: Uint8Array, progress: unknown): Promise<OwnershipAnswer>;
}
