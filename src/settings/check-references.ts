import { type ErrorCode, type Problem, SlipwayError } from '../domain/errors.js';
import type { EnvironmentSpec } from '../domain/service/environment.js';
import { type JsonPath, pointerOf } from '../domain/service/json-pointer.js';
import { knownHint } from '../domain/service/nearest.js';
import type { Catalogue, Offer } from './catalogue.js';

/** A problem with the code it is refused by. */
export interface ReferenceProblem extends Problem {
  readonly code: ErrorCode;
}

/** What the environments refer to that is not there, not for this service, or cannot do what is asked of it. */
export function checkReferences(environments: Readonly<Record<string, EnvironmentSpec>>, catalogue: Catalogue): readonly ReferenceProblem[] {
  return Object.values(environments).flatMap((spec) => [...checkRouter(spec, catalogue), ...checkTarget(spec, catalogue), ...checkMeasures(spec, catalogue), ...checkRepositories(spec, catalogue), ...checkHosts(spec, catalogue)]);
}

/** @throws the code of the first problem, with all of them */
export function refuseBadReferences(environments: Readonly<Record<string, EnvironmentSpec>>, catalogue: Catalogue): void {
  const problems = checkReferences(environments, catalogue);
  const [first] = problems;
  if (!first) return;
  const more = problems.length > 1 ? `, and ${problems.length - 1} more` : '';
  throw new SlipwayError(first.code, `${first.path} ${first.message}${more}.`, {
    problems: problems.map(({ path, message, hint }) => ({ path, message, ...(hint !== undefined && { hint }) })),
  });
}

function checkRouter(spec: EnvironmentSpec, { routers }: Catalogue): ReferenceProblem[] {
  const { use } = spec.router;
  const at = where(spec, ['router', 'use']);
  if (!Object.hasOwn(routers, use)) return [{ code: 'ROUTER_UNKNOWN', path: at, message: `names a router "${use}" that the operator has not declared`, ...knownHint(use, Object.keys(routers)) }];
  return forbidden(spec, routers[use], at, `router "${use}"`);
}

function checkTarget(spec: EnvironmentSpec, { targets }: Catalogue): ReferenceProblem[] {
  const { use } = spec.target;
  const at = where(spec, ['target', 'use']);
  if (!Object.hasOwn(targets, use)) return [{ code: 'TARGET_UNKNOWN', path: at, message: `names a target "${use}" that the operator has not declared`, ...knownHint(use, Object.keys(targets)) }];
  return forbidden(spec, targets[use], at, `target "${use}"`);
}

function checkRepositories(spec: EnvironmentSpec, { repositories }: Catalogue): ReferenceProblem[] {
  return Object.values(spec.backups).flatMap((source): ReferenceProblem[] => {
    if ('uses' in source) return [];
    const { name, repository, at } = source;
    const path = where(spec, ['backups', name, 'repository']);
    if (!Object.hasOwn(repositories, repository)) {
      return [{ code: 'REPOSITORY_UNKNOWN', path, message: `names a repository "${repository}" that the operator has not declared`, ...knownHint(repository, Object.keys(repositories)) }];
    }
    const offer = repositories[repository];
    const inside = at.kind === 'directory' && offer?.folder !== undefined && `${offer.folder}/`.startsWith(`${at.path}/`);
    const problems: ReferenceProblem[] = inside ? [{ code: 'DEFINITION_INVALID', path, message: `names the repository "${repository}", which lies in the folder itself: each backup would hold those before it` }] : [];
    return [...problems, ...forbidden(spec, offer, path, `repository "${repository}"`)];
  });
}

/** Workers on two hosts would take turns at two folders of one name, and an empty one could become the newest backup. */
function checkHosts(spec: EnvironmentSpec, { singleHost }: Catalogue): ReferenceProblem[] {
  if (singleHost) return [];
  return Object.values(spec.backups).flatMap((source): ReferenceProblem[] => {
    if ('uses' in source || source.at.kind === 'postgres' || source.at.shared === true) return [];
    const message = 'is on the disk of one host, and the workers of the site may run on several';
    return [{ code: 'SOURCE_HOST_BOUND', path: where(spec, ['backups', source.name, source.at.kind, 'path']), message, hint: 'set `shared: true` when each of them has it mounted there, or let the operator set `singleHost`' }];
  });
}

function forbidden(spec: EnvironmentSpec, offer: Offer | undefined, path: string, what: string): ReferenceProblem[] {
  const { service, environment } = spec;
  if (offer?.services && !offer.services.includes(service)) return [{ code: 'TARGET_FORBIDDEN', path, message: `names the ${what}, which ${service} may not use` }];
  if (environment === 'production' && offer?.inProduction === false) {
    return [{ code: 'TARGET_FORBIDDEN', path, message: `names the ${what}, which is not for production`, hint: 'the operator can set allowInProduction' }];
  }
  return [];
}

function checkMeasures(spec: EnvironmentSpec, { routers, prometheus }: Catalogue): ReferenceProblem[] {
  const router = Object.hasOwn(routers, spec.router.use) ? routers[spec.router.use] : undefined;
  return Object.entries(spec.analysis.metrics).flatMap(([name, { source }]): ReferenceProblem[] => {
    const at = ['analysis', 'metrics', name];
    if (source.kind === 'router') {
      if (source.measure === 'errorRate' || source.measure === 'clientErrorRate' || router?.percentiles !== false) return [];
      return [{ code: 'MEASURE_UNSUPPORTED', path: where(spec, [...at, 'router']), message: `asks the router "${spec.router.use}" for ${source.measure}, which it does not measure`, hint: 'the operator can set `percentiles` once its HAProxy runs the printed stick tables' }];
    }
    const from = source.from ?? 'default';
    if (prometheus.includes(from)) return [];
    return [{ code: 'MEASURE_UNSUPPORTED', path: where(spec, [...at, 'prometheus']), message: `asks a Prometheus "${from}" that the operator has not declared`, ...knownHint(from, prometheus) }];
  });
}

function where({ environment }: EnvironmentSpec, path: JsonPath): string {
  return pointerOf(['environments', environment, ...path]);
}
