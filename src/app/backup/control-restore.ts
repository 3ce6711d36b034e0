import type { Actor } from '../../domain/actor.js';
import type { RestoreControlKind, RestoreMessage } from '../../domain/backup/restore-message.js';
import { isSlipwayError, SlipwayError } from '../../domain/errors.js';
import type { AppDeps } from '../deps.js';
import { messageId } from '../message-id.js';
import { locateRestore } from './locate-restore.js';
import { type RestoreLiveView, restoreLiveView } from './restore-view.js';

export interface ControlRestore extends Pick<RestoreMessage, 'gate' | 'reason' | 'live'> {
  readonly restore: string;
  readonly kind: RestoreControlKind;
  /** The same key sent again takes effect once. @default a new message each time */
  readonly idempotencyKey?: string;
}

/**
 * Tells a live restore something and answers with its new status. Needs no database.
 *
 * @throws RESTORE_NOT_FOUND, RESTORE_ENDED, TEMPORAL_UNAVAILABLE, TEMPORAL_TIMEOUT, and every code by which a restore refuses
 */
export const controlRestore = (deps: AppDeps) => async (command: ControlRestore, by: Actor): Promise<RestoreLiveView> => {
  const { restore, kind, idempotencyKey, ...rest } = command;
  const address = await locateRestore(deps, restore);
  const message: RestoreMessage = { ...rest, id: messageId(deps, { kind, by, idempotencyKey }), restore, by };
  try {
    return restoreLiveView(await deps.backupRuns.control(address, kind, message));
  } catch (error) {
    throw asEnded(error, restore);
  }
};

/** The lock is with another restore by now, so this one has ended. */
function asEnded(error: unknown, restore: string): unknown {
  if (!isSlipwayError(error) || error.code !== 'WRONG_DEPLOYMENT') return error;
  return new SlipwayError('RESTORE_ENDED', `Restore ${restore} has ended; another one is live.`, { cause: error });
}
