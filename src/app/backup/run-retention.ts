import type { Actor } from '../../domain/actor.js';
import { pathOf } from '../../domain/backup/names.js';
import type { SourceAddress } from '../../domain/backup/plan.js';
import type { AppDeps } from '../deps.js';
import { ownedPlan } from './owned-plan.js';

/**
 * Lets go what the rules keep no longer and gives the bytes back, now and not after the next backup: the way out of a full repository. While that
 * goes on, asking again starts nothing.
 *
 * @throws SERVICE_NOT_FOUND, ENVIRONMENT_NOT_FOUND, SOURCE_UNKNOWN, SOURCE_NOT_OWNED, DATABASE_UNAVAILABLE, TEMPORAL_UNAVAILABLE, TEMPORAL_NOT_PREPARED
 */
export const runRetention = (deps: AppDeps) => async ({ service, environment, source }: SourceAddress, by: Actor): Promise<SourceAddress> => {
  const address = { service, environment, source };
  const plan = await ownedPlan(deps, address);
  await deps.backupRuns.startRetention({ plan, prune: 'now' });
  await deps.stores.audit.append({ actor: by.name, action: 'retention.run', subject: pathOf(address), detail: {} });
  return address;
};
