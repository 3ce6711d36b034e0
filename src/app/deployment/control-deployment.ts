import type { Actor } from '../../domain/actor.js';
import type { ControlKind, ControlMessage } from '../../domain/deployment/control-message.js';
import { isSlipwayError, SlipwayError } from '../../domain/errors.js';
import type { AppDeps } from '../deps.js';
import { messageId } from '../message-id.js';
import { locateDeployment } from './locate-deployment.js';
import { type LiveView, liveView } from './deployment-view.js';

export interface ControlDeployment extends Pick<ControlMessage, 'step' | 'gate' | 'reason' | 'resolve'> {
  readonly deployment: string;
  readonly kind: ControlKind;
  /** The same key sent again takes effect once. @default a new message each time */
  readonly idempotencyKey?: string;
}

/**
 * Tells a live deployment something and answers with its new status. Needs no database.
 *
 * @throws DEPLOYMENT_NOT_FOUND, DEPLOYMENT_ENDED, TEMPORAL_UNAVAILABLE, TEMPORAL_TIMEOUT, and every code by which a run refuses
 */
export const controlDeployment = (deps: AppDeps) => async (command: ControlDeployment, by: Actor): Promise<LiveView> => {
  const { deployment, kind, idempotencyKey, ...rest } = command;
  const address = await locateDeployment(deps, deployment);
  const message: ControlMessage = { ...rest, id: messageId(deps, { kind, by, idempotencyKey }), deployment, by };
  try {
    return liveView(await deps.runs.control(address, kind, message));
  } catch (error) {
    throw asEnded(error, deployment);
  }
};

/** The lock is with another deployment by now, so this one has ended. */
function asEnded(error: unknown, deployment: string): unknown {
  if (!isSlipwayError(error) || error.code !== 'WRONG_DEPLOYMENT') return error;
  return new SlipwayError('DEPLOYMENT_ENDED', `Deployment ${deployment} has ended; another one is live.`, { cause: error });
}
