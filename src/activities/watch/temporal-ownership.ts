import { ActivityCancelledError, ActivityNotFoundError, ActivityPausedError, ActivityResetError, type AsyncCompletionClient } from '@temporalio/client';
import type { Ownership, OwnershipAnswer } from './ownership.js';

export interface TemporalOwnershipOptions {
  readonly client: Pick<AsyncCompletionClient, 'heartbeat' | 'withDeadline'>;
  /** @default 3000 */
  readonly timeoutMs?: number;
}

/** Ownership by an awaited heartbeat. */
export function createTemporalOwnership({ client, timeoutMs = 3_000 }: TemporalOwnershipOptions): Ownership {
  return {
    async stillOurs(taskToken, progress) {
      try {
        await client.withDeadline(Date.now() + timeoutMs, () => client.heartbeat(taskToken, progress));
        return 'ours';
      } catch (error) {
        return answerOf(error);
      }
    },
  };
}

/** A pause reaches the attempt by its own way. */
function answerOf(error: unknown): OwnershipAnswer {
  if (error instanceof ActivityCancelledError) return 'cancelled';
  if (error instanceof ActivityNotFoundError || error instanceof ActivityResetError) return 'gone';
  return error instanceof ActivityPausedError ? 'ours' : 'unreachable';
}
