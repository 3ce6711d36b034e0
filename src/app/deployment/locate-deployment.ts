import { hasEnded } from '../../domain/deployment/status.js';
import { SlipwayError } from '../../domain/errors.js';
import type { DeploymentStore } from '../../store/stores.js';
import { locate } from '../locate.js';
import type { AddressBook } from './address-book.js';
import type { DeploymentRuns, RunAddress } from './deployment-runs.js';
import { notFound } from './record-of.js';

/** Who may know where a deployment runs. */
export interface LocatedBy {
  readonly stores: { readonly deployments: Pick<DeploymentStore, 'get'> };
  readonly runs: Pick<DeploymentRuns, 'findRunning'>;
  readonly addresses: AddressBook;
}

/**
 * Where a live deployment runs.
 *
 * @throws DEPLOYMENT_NOT_FOUND, DEPLOYMENT_ENDED, DATABASE_UNAVAILABLE, TEMPORAL_UNAVAILABLE
 */
export async function locateDeployment(deps: LocatedBy, id: string): Promise<RunAddress> {
  const known = deps.addresses.find(id);
  if (known) return known;
  const address = await locate({ fromRecord: () => fromRecord(deps, id), fromRuns: () => fromRuns(deps, id), unknown: 'DEPLOYMENT_NOT_FOUND', name: `deployment ${id}` });
  deps.addresses.note(address);
  return address;
}

async function fromRecord(deps: LocatedBy, id: string): Promise<RunAddress> {
  const record = await deps.stores.deployments.get(id);
  if (!record) throw notFound(id);
  if (hasEnded(record.phase)) throw new SlipwayError('DEPLOYMENT_ENDED', `Deployment ${id} ended ${record.phase}.`);
  return { deployment: id, service: record.service, environment: record.environment };
}

async function fromRuns(deps: LocatedBy, id: string): Promise<RunAddress> {
  const address = await deps.runs.findRunning(id);
  if (address) return address;
  throw notFound(id);
}
