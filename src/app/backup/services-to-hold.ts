import type { Application, SourceAddress } from '../../domain/backup/plan.js';
import type { EnvironmentSpec } from '../../domain/service/environment.js';
import { SlipwayError } from '../../domain/errors.js';
import type { AppDeps } from '../deps.js';
import { definedEnvironments } from './declared-sources.js';

/**
 * Every service of the environment that declares the source, its own or by `uses`, sorted. One whose definition cannot be read any more is
 * among them: it may use the source.
 *
 * @throws DATABASE_UNAVAILABLE
 */
export async function servicesToHold(deps: Pick<AppDeps, 'stores' | 'environments' | 'log'>, address: SourceAddress): Promise<readonly string[]> {
  const found = new Set([address.service]);
  for (const { service, environment, spec } of await definedEnvironments(deps)) {
    if (environment === address.environment && (spec === null || uses(spec, address))) found.add(service);
  }
  return [...found].toSorted();
}

/** What is live of them. */
export async function applicationsOf({ stores }: Pick<AppDeps, 'stores'>, environment: string, services: readonly string[]): Promise<readonly Application[]> {
  const stable = await Promise.all(services.map((service) => stores.deployments.stable(service, environment)));
  return stable.flatMap((record) => (record ? [{ service: record.service, slot: record.slot, deployment: record.deployment, release: record.release }] : []));
}

/**
 * A restore that could not hold them gives up by itself; asked beforehand, it is refused without a trace.
 *
 * @throws DEPLOYMENT_LIVE, HELD_BY_RESTORE, TEMPORAL_UNAVAILABLE
 */
export async function refuseBusy({ runs }: Pick<AppDeps, 'runs'>, environment: string, services: readonly string[]): Promise<void> {
  const found = await Promise.all(services.map((service) => runs.describe(environment, service)));
  const busy = found.find((run) => run?.state === 'running');
  if (!busy) return;
  const { service, deployment, heldBy } = busy;
  if (heldBy !== null) throw new SlipwayError('HELD_BY_RESTORE', `Restore ${heldBy} holds ${service} in ${environment}.`, { details: { service, restore: heldBy } });
  throw new SlipwayError('DEPLOYMENT_LIVE', `Deployment ${deployment} of ${service} in ${environment} is live, and a restore would pull the data from under it.`, { details: { service, deployment } });
}

function uses(spec: EnvironmentSpec, { service, source }: SourceAddress): boolean {
  return Object.values(spec.backups).some((each) => ('uses' in each ? each.uses.service === service && each.uses.source === source : spec.service === service && each.name === source));
}
