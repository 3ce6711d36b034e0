import type { DeploymentFilter, Page, PageRequest } from '../../store/stores.js';
import type { AppDeps } from '../deps.js';
import { type DeploymentSummary, deploymentSummary } from './deployment-view.js';

/** Newest first, as recorded. @throws DATABASE_UNAVAILABLE, INVALID_REQUEST (the cursor is none of ours) */
export const listDeployments = (deps: AppDeps) => async (filter: DeploymentFilter, page: PageRequest): Promise<Page<DeploymentSummary>> => {
  const { items, next } = await deps.stores.deployments.list(filter, page);
  return { items: items.map(deploymentSummary), next };
};
