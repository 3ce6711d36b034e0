import type { DeploymentRecord } from '../../domain/deployment/record.js';
import { hasEnded } from '../../domain/deployment/status.js';
import type { IdempotencyClaim, NewDeployment } from '../../store/stores.js';
import { carryOutOnce } from '../carry-out-once.js';
import type { AppDeps } from '../deps.js';
import { type DeploymentTicket, ticketOf } from './deployment-ticket.js';
import { driveStart, redrive } from './drive-start.js';

/** A deployment as planned, before it has an id. */
export type Prepared = Pick<NewDeployment, 'plan' | 'revision' | 'by' | 'reason' | 'undoes'>;

/** One claim, one deployment. */
export function driveOnce(deps: AppDeps, claim: IdempotencyClaim | undefined, prepare: () => Promise<Prepared>): Promise<DeploymentTicket> {
  return carryOutOnce(deps, claim, {
    prepare,
    start: (prepared) => driveStart(deps, newDeployment(deps, prepared), claim),
    async begun(id) {
      const record = await deps.stores.deployments.get(id);
      return record && (await hasBegun(deps, record)) ? ticketOf(record) : undefined;
    },
    async driveOn(id) {
      const record = await deps.stores.deployments.get(id);
      return record && redrive(deps, record);
    },
  });
}

/** On record, or its run has or had the lock last. */
async function hasBegun({ runs }: AppDeps, { id, service, environment, accepted, phase }: DeploymentRecord): Promise<boolean> {
  if (accepted || hasEnded(phase)) return true;
  return (await runs.describe(environment, service))?.deployment === id;
}

function newDeployment(deps: AppDeps, prepared: Prepared): NewDeployment {
  const { service, environment, strategy, candidate } = prepared.plan;
  return { id: deps.newId(), service, environment, strategy: strategy.name, version: candidate.version, ...prepared };
}
