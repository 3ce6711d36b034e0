import type { SourceDeclaration } from '../../domain/backup/source-spec.js';
import { messageOf } from '../../domain/errors.js';
import type { EnvironmentSpec } from '../../domain/service/environment.js';
import { objectOr } from '../../domain/service/merge.js';
import type { ServiceRecord } from '../../store/stores.js';
import type { AppDeps } from '../deps.js';
import { allServices } from '../service/all-services.js';

type Deps = Pick<AppDeps, 'stores' | 'environments' | 'log'>;

/** One environment of one service, by its newest definition. */
export interface DefinedEnvironment {
  readonly service: string;
  readonly environment: string;
  /** null: the definition was taken once, but this release cannot read it any more. */
  readonly spec: EnvironmentSpec | null;
}

/** A source under the name by which a service declares it. */
export interface DeclaredSource {
  readonly spec: EnvironmentSpec;
  readonly declaration: SourceDeclaration;
}

/** All environments of all services. @throws DATABASE_UNAVAILABLE */
export async function definedEnvironments(deps: Deps): Promise<readonly DefinedEnvironment[]> {
  return (await allServices(deps.stores)).flatMap((record) => environmentsOf(deps, record));
}

/** All sources that are declared anywhere, their own and those they use, in the order of environment, service and name. @throws DATABASE_UNAVAILABLE */
export async function declaredSources(deps: Deps): Promise<readonly DeclaredSource[]> {
  const found = (await definedEnvironments(deps)).flatMap(({ spec }) =>
    (spec ? Object.values(spec.backups).map((declaration) => ({ spec, declaration })) : []));
  return found.toSorted((a, b) => (pathOfDeclared(a) < pathOfDeclared(b) ? -1 : 1));
}

export function pathOfDeclared({ spec, declaration }: Pick<DeclaredSource, 'spec' | 'declaration'>): string {
  return `${spec.environment}/${spec.service}/${declaration.name}`;
}

function environmentsOf(deps: Deps, record: ServiceRecord): readonly DefinedEnvironment[] {
  const { service } = record;
  try {
    return Object.entries(deps.environments.read(record).environments).map(([environment, spec]) => ({ service, environment, spec }));
  } catch (error) {
    deps.log.warn({ service, reason: messageOf(error) }, 'a definition cannot be read any more; put it again');
    return Object.keys(objectOr(record.definition['environments'])).map((environment) => ({ service, environment, spec: null }));
  }
}
