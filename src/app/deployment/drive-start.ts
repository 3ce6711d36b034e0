import type { DeploymentRecord } from '../../domain/deployment/record.js';
import { SlipwayError } from '../../domain/errors.js';
import type { DeploymentInput } from '../../workflows/deployment/input.js';
import type { IdempotencyClaim, NewDeployment } from '../../store/stores.js';
import type { AppDeps } from '../deps.js';
import type { StartResult } from './deployment-runs.js';
import { type DeploymentTicket, ticketOf } from './deployment-ticket.js';

/** Row and key in one transaction, then the run: whatever dies in between, the same key drives the same id on. */
export async function driveStart(deps: AppDeps, deployment: NewDeployment, claim: IdempotencyClaim | undefined): Promise<DeploymentTicket> {
  await deps.stores.deployments.request(deployment, claim);
  return start(deps, deployment);
}

/** A deployment that was requested before, and that nobody has seen start. */
export function redrive(deps: AppDeps, { reason, undoes, ...record }: DeploymentRecord): Promise<DeploymentTicket> {
  return start(deps, { ...record, ...(reason !== null && { reason }), ...(undoes !== null && { undoes }) });
}

async function start(deps: AppDeps, deployment: NewDeployment): Promise<DeploymentTicket> {
  const started = await deps.runs.start(inputOf(deployment));
  if (started.start === 'other' || started.start === 'held') {
    await withdraw(deps, deployment.id);
    throw refusal(deployment, started);
  }
  deps.addresses.note({ deployment: deployment.id, service: deployment.service, environment: deployment.environment });
  // The run lives by now, and a retry finds it whether or not this is noted: nobody waits for it.
  deps.afterwards.run('noting a started deployment', () => deps.stores.deployments.accepted(deployment.id));
  return ticketOf({ ...deployment, phase: 'requested' });
}

function refusal({ service, environment }: NewDeployment, started: Exclude<StartResult, { start: 'new' | 'same' }>): SlipwayError {
  if (started.start === 'held') {
    return new SlipwayError('HELD_BY_RESTORE', `Restore ${started.restore} holds ${service} in ${environment}.`, { details: { restore: started.restore } });
  }
  return new SlipwayError('DEPLOYMENT_LIVE', `Deployment ${started.live} of ${service} in ${environment} is live.`, { details: { deployment: started.live } });
}

function inputOf({ id, plan, by, reason, undoes }: NewDeployment): DeploymentInput {
  return { deployment: id, plan, by, ...(reason !== undefined && { reason }), ...(undoes !== undefined && { undoes }) };
}

async function withdraw(deps: AppDeps, id: string): Promise<void> {
  try {
    await deps.stores.deployments.withdraw(id);
  } catch (error) {
    deps.log.warn({ err: error, deployment: id }, 'a refused deployment could not be withdrawn; the sweeper will end it');
  }
}
