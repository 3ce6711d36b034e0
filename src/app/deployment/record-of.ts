import type { DeploymentRecord } from '../../domain/deployment/record.js';
import { SlipwayError } from '../../domain/errors.js';
import type { DeploymentStore } from '../../store/stores.js';

/** @throws DEPLOYMENT_NOT_FOUND */
export async function recordOf(stores: { readonly deployments: Pick<DeploymentStore, 'get'> }, id: string): Promise<DeploymentRecord> {
  const record = await stores.deployments.get(id);
  if (record) return record;
  throw notFound(id);
}

export function notFound(id: string): SlipwayError {
  return new SlipwayError('DEPLOYMENT_NOT_FOUND', `There is no deployment ${id}.`);
}
