import type { Actor } from '../../domain/actor.js';
import { pathOf } from '../../domain/backup/names.js';
import type { SourceAddress } from '../../domain/backup/plan.js';
import type { IdempotencyClaim } from '../../store/stores.js';
import { answerOnce } from '../carry-out-once.js';
import type { AppDeps } from '../deps.js';
import { ownedPlan } from './owned-plan.js';

/**
 * Lets go what the rules keep no longer and gives the bytes back, now and not after the next backup: the way out of a full repository. While that
 * goes on, asking again starts nothing; with the same claim it starts nothing ever.
 *
 * @throws SERVICE_NOT_FOUND, ENVIRONMENT_NOT_FOUND, SOURCE_UNKNOWN, SOURCE_NOT_OWNED, IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_IN_FLIGHT,
 *   DATABASE_UNAVAILABLE, TEMPORAL_UNAVAILABLE, TEMPORAL_NOT_PREPARED
 */
export const runRetention = (deps: AppDeps) => ({ service, environment, source }: SourceAddress, by: Actor, claim?: IdempotencyClaim): Promise<SourceAddress> => answerOnce(deps, claim, async () => {
  const address = { service, environment, source };
  const plan = await ownedPlan(deps, address);
  await deps.backupRuns.startRetention({ plan, prune: 'now' });
  await deps.stores.audit.append({ actor: by.name, action: 'retention.run', subject: pathOf(address), detail: {} });
  return address;
});
