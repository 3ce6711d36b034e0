import type { BackupPlan, SourceAddress } from '../../domain/backup/plan.js';
import type { SourceSpec } from '../../domain/backup/source-spec.js';
import { SlipwayError } from '../../domain/errors.js';
import type { EnvironmentSpec } from '../../domain/service/environment.js';
import type { AppDeps } from '../deps.js';
import { serviceOf } from '../service/service-of.js';

export type OwnedPlanDeps = Pick<AppDeps, 'stores' | 'environments' | 'site'>;

/**
 * How a source is backed up, by its owner's newest definition.
 *
 * @throws SERVICE_NOT_FOUND, ENVIRONMENT_NOT_FOUND, SOURCE_UNKNOWN, SOURCE_NOT_OWNED naming the owner, DATABASE_UNAVAILABLE
 */
export async function ownedPlan(deps: OwnedPlanDeps, address: SourceAddress): Promise<BackupPlan> {
  const record = await serviceOf(deps.stores, address.service);
  return planOfOwned(deps, deps.environments.of(record, address.environment), address.source);
}

/** The plans of the sources that the environment owns. */
export function ownedPlans(deps: Pick<OwnedPlanDeps, 'site'>, spec: EnvironmentSpec): readonly BackupPlan[] {
  return Object.values(spec.backups).flatMap((source) => ('uses' in source ? [] : [planOfSource(deps, spec, source)]));
}

/** The plan of a source that the environment owns. */
export function planOfSource({ site }: Pick<OwnedPlanDeps, 'site'>, { service, environment, notify }: EnvironmentSpec, source: SourceSpec): BackupPlan {
  return { service, environment, site, source, notify };
}

function planOfOwned(deps: OwnedPlanDeps, spec: EnvironmentSpec, source: string): BackupPlan {
  const { service, environment, backups } = spec;
  const declaration = Object.hasOwn(backups, source) ? backups[source] : undefined;
  if (declaration && 'uses' in declaration) throw notOwned(spec, source, declaration.uses);
  const plan = ownedPlans(deps, spec).find((each) => each.source.name === source);
  if (plan) return plan;
  const known = Object.keys(backups).join(', ');
  const hint = known === '' ? 'the environment declares none under `backups`' : `one of: ${known}`;
  throw new SlipwayError('SOURCE_UNKNOWN', `${service} has no source "${source}" in ${environment}.`, { problems: [{ path: '/source', message: 'is not known', hint }] });
}

function notOwned({ service, environment }: EnvironmentSpec, name: string, uses: { readonly service: string; readonly source: string }): SlipwayError {
  return new SlipwayError('SOURCE_NOT_OWNED', `Source "${name}" of ${service} in ${environment} belongs to ${uses.service}, as "${uses.source}".`, {
    problems: [{ path: '/source', message: 'is only used by the service', hint: `service ${uses.service}, source ${uses.source}` }],
    details: { owner: uses.service, ownedSource: uses.source },
  });
}
