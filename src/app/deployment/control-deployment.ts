import type { Actor } from '../../domain/actor.js';
import type { ControlKind, ControlMessage } from '../../domain/deployment/control-message.js';
import { isSlipwayError, SlipwayError } from '../../domain/errors.js';
import type { AppDeps } from '../deps.js';
import { sendOnce } from '../send-once.js';
import { locateDeployment } from './locate-deployment.js';
import { type LiveView, liveView } from './deployment-view.js';

export interface ControlDeployment extends Pick<ControlMessage, 'step' | 'gate' | 'reason' | 'resolve'> {
  readonly deployment: string;
  readonly kind: ControlKind;
  /** The same key sent again takes effect once. @default a new message each time */
  readonly idempotencyKey?: string;
}

/**
 * Tells a live deployment something and answers with its new status. Needs no database. With an idempotency key the same message is
 * answered also after the end, by what is on record.
 *
 * @throws DEPLOYMENT_NOT_FOUND, DEPLOYMENT_ENDED, TEMPORAL_UNAVAILABLE, TEMPORAL_TIMEOUT, and every code by which a run refuses
 */
export const controlDeployment = (deps: AppDeps) => (command: ControlDeployment, by: Actor): Promise<LiveView> => {
  const { deployment, kind, idempotencyKey, ...rest } = command;
  return sendOnce(deps, { kind, by, idempotencyKey }, {
    ended: 'DEPLOYMENT_ENDED',
    send: async (id) => {
      const address = await locateDeployment(deps, deployment);
      return liveView(await deps.runs.control(address, kind, { ...rest, id, deployment, by }).catch((error: unknown) => {
        throw asEnded(error, deployment);
      }));
    },
    takenBefore: async (id) => {
      const record = await deps.stores.deployments.get(deployment);
      if (!record?.status?.messages?.includes(id)) return undefined;
      return liveView({ ...record.status, phase: record.phase, endedAt: record.endedAt });
    },
  });
};

/** The lock is with another deployment by now, so this one has ended. */
function asEnded(error: unknown, deployment: string): unknown {
  if (!isSlipwayError(error) || error.code !== 'WRONG_DEPLOYMENT') return error;
  return new SlipwayError('DEPLOYMENT_ENDED', `Deployment ${deployment} has ended; another one is live.`, { cause: error });
}
