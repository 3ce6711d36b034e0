import type { Actor } from '../../domain/actor.js';
import type { RestoreControlKind, RestoreMessage } from '../../domain/backup/restore-message.js';
import { isSlipwayError, SlipwayError } from '../../domain/errors.js';
import type { AppDeps } from '../deps.js';
import { sendOnce } from '../send-once.js';
import { locateRestore } from './locate-restore.js';
import { recordedStatus, type RestoreLiveView, restoreLiveView } from './restore-view.js';

export interface ControlRestore extends Pick<RestoreMessage, 'gate' | 'reason' | 'live'> {
  readonly restore: string;
  readonly kind: RestoreControlKind;
  /** The same key sent again takes effect once. @default a new message each time */
  readonly idempotencyKey?: string;
}

/**
 * Tells a live restore something and answers with its new status. Needs no database. With an idempotency key the same message is answered
 * also after the end, by what is on record.
 *
 * @throws RESTORE_NOT_FOUND, RESTORE_ENDED, TEMPORAL_UNAVAILABLE, TEMPORAL_TIMEOUT, and every code by which a restore refuses
 */
export const controlRestore = (deps: AppDeps) => (command: ControlRestore, by: Actor): Promise<RestoreLiveView> => {
  const { restore, kind, idempotencyKey, ...rest } = command;
  return sendOnce(deps, { kind, by, idempotencyKey }, {
    ended: 'RESTORE_ENDED',
    send: async (id) => {
      const address = await locateRestore(deps, restore);
      return restoreLiveView(await deps.backupRuns.control(address, kind, { ...rest, id, restore, by }).catch((error: unknown) => {
        throw asEnded(error, restore);
      }));
    },
    takenBefore: async (id) => {
      const record = await deps.stores.restores.get(restore);
      return record?.status?.messages?.includes(id) ? restoreLiveView(recordedStatus(record)) : undefined;
    },
  });
};

/** The lock is with another restore by now, so this one has ended. */
function asEnded(error: unknown, restore: string): unknown {
  if (!isSlipwayError(error) || error.code !== 'WRONG_DEPLOYMENT') return error;
  return new SlipwayError('RESTORE_ENDED', `Restore ${restore} has ended; another one is live.`, { cause: error });
}
