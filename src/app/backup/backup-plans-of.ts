import { addressOf, pathOf } from '../../domain/backup/names.js';
import type { BackupPlan } from '../../domain/backup/plan.js';
import type { SourceDeclaration } from '../../domain/backup/source-spec.js';
import { SlipwayError } from '../../domain/errors.js';
import type { EnvironmentSpec } from '../../domain/service/environment.js';
import { type OwnedPlanDeps, planOfSource } from './owned-plan.js';

/**
 * How each source of the environment is backed up, its own ones and those it uses, by the owner's definition. In the order of their paths.
 *
 * @throws SOURCE_UNKNOWN, SOURCE_NOT_OWNED when what it uses is not the other service's own, DATABASE_UNAVAILABLE
 */
export async function backupPlansOf(deps: OwnedPlanDeps, spec: EnvironmentSpec): Promise<readonly BackupPlan[]> {
  const plans = await Promise.all(Object.values(spec.backups).map((declared) => planOf(deps, spec, declared)));
  return plans.toSorted((a, b) => (pathOf(addressOf(a)) < pathOf(addressOf(b)) ? -1 : 1));
}

async function planOf(deps: OwnedPlanDeps, spec: EnvironmentSpec, declared: SourceDeclaration): Promise<BackupPlan> {
  if (!('uses' in declared)) return planOfSource(deps, spec, declared);
  const { service, source } = declared.uses;
  const owner = await ownerOf(deps, spec, declared);
  const found = Object.hasOwn(owner.backups, source) ? owner.backups[source] : undefined;
  if (!found) throw unknown(spec, declared.name, `${service} has no source "${source}" in ${spec.environment}`);
  if (!('uses' in found)) return planOfSource(deps, owner, found);
  throw new SlipwayError('SOURCE_NOT_OWNED', `${service}/${source} belongs to ${found.uses.service} in ${spec.environment}: use it as "${found.uses.service}/${found.uses.source}".`);
}

async function ownerOf({ stores, environments }: OwnedPlanDeps, spec: EnvironmentSpec, { name, uses }: Extract<SourceDeclaration, { uses: object }>): Promise<EnvironmentSpec> {
  const record = await stores.services.get(uses.service);
  if (!record) throw unknown(spec, name, `there is no service "${uses.service}"`);
  const owned = environments.read(record).environments;
  const owner = Object.hasOwn(owned, spec.environment) ? owned[spec.environment] : undefined;
  if (!owner) throw unknown(spec, name, `service ${uses.service} has no environment "${spec.environment}"`);
  return owner;
}

function unknown({ service, environment }: EnvironmentSpec, name: string, why: string): SlipwayError {
  const problems = [{ path: `/environments/${environment}/backups/${name}`, message: 'is not there' }];
  return new SlipwayError('SOURCE_UNKNOWN', `${service}/${environment} uses a source "${name}", but ${why}.`, { problems });
}
