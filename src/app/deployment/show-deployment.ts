import { hasEnded } from '../../domain/deployment/status.js';
import { isSlipwayError } from '../../domain/errors.js';
import type { AppDeps } from '../deps.js';
import { type DeploymentView, deploymentView, viewWithoutRecord } from './deployment-view.js';
import { locateDeployment } from './locate-deployment.js';
import { recordOf } from './record-of.js';

/**
 * One deployment: the live run's own word while it runs, else what was recorded. While the database is away, a live one is still shown.
 *
 * @throws DEPLOYMENT_NOT_FOUND, DATABASE_UNAVAILABLE
 */
export const showDeployment = (deps: AppDeps) => async (id: string): Promise<DeploymentView> => {
  try {
    const record = await recordOf(deps.stores, id);
    if (hasEnded(record.phase)) return deploymentView(record, undefined);
    return deploymentView(record, await deps.runs.status({ deployment: id, service: record.service, environment: record.environment }));
  } catch (error) {
    const view = isSlipwayError(error) && error.code === 'DATABASE_UNAVAILABLE' ? await fromRun(deps, id) : undefined;
    if (view) return view;
    throw error;
  }
};

async function fromRun(deps: AppDeps, id: string): Promise<DeploymentView | undefined> {
  const address = await locateDeployment(deps, id);
  const [status, plan] = await Promise.all([deps.runs.status(address), deps.runs.plan(address)]);
  return status && viewWithoutRecord(status, plan);
}
