import { SlipwayError } from '../../domain/errors.js';
import type { AppDeps } from '../deps.js';
import type { ForgetEnvironment } from './forget-environment.js';

/**
 * Nothing may lose its definition, and its claim on the router's entry, while it runs or serves.
 *
 * @throws DEPLOYMENT_LIVE, HELD_BY_RESTORE, ENVIRONMENT_SERVES, DATABASE_UNAVAILABLE, TEMPORAL_UNAVAILABLE
 */
export async function refuseInUse(deps: AppDeps, { service, environment, serving }: Pick<ForgetEnvironment, 'service' | 'environment' | 'serving'>): Promise<void> {
  const [stable, run] = await Promise.all([deps.stores.deployments.stable(service, environment), deps.runs.describe(environment, service)]);
  const problems = [{ path: `/environments/${environment}`, message: 'is in use' }];
  if (run?.state === 'running' && run.heldBy !== null) {
    throw new SlipwayError('HELD_BY_RESTORE', `Restore ${run.heldBy} holds ${service} in ${environment}.`, { details: { restore: run.heldBy }, problems });
  }
  if (run?.state === 'running') {
    throw new SlipwayError('DEPLOYMENT_LIVE', `Deployment ${run.deployment} is live in ${environment}.`, { details: { deployment: run.deployment }, problems });
  }
  if (stable && serving === 'refuse') {
    throw new SlipwayError('ENVIRONMENT_SERVES', `Version ${stable.release.version} of ${service} is live in ${environment}.`, { problems });
  }
}
