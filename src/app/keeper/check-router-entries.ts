import { SlipwayError } from '../../domain/errors.js';
import type { EnvironmentSpec } from '../../domain/service/environment.js';
import { nearest } from '../../domain/service/nearest.js';
import type { AppDeps } from '../deps.js';
import { KEEPER_OVERDUE_MS } from './keeper-health.js';

type Deps = Pick<AppDeps, 'stores' | 'site'>;
type Entry = Pick<EnvironmentSpec, 'service' | 'environment' | 'router'>;

/**
 * Whether the routers have a place for the entries, as the keeper last saw them. What nobody has seen lately is a warning and no refusal, and so is
 * what some instances lack, or what a release serves behind.
 *
 * @returns the warnings.
 * @throws ROUTER_ENTRY_UNKNOWN, DATABASE_UNAVAILABLE
 */
export async function checkRouterEntries(deps: Deps, entries: readonly Entry[]): Promise<readonly string[]> {
  const looks = await Promise.all(entries.map((entry) => look(deps, entry)));
  const problems = looks.flatMap(({ problem }) => (problem ? [problem] : []));
  const [first] = problems;
  if (first) throw new SlipwayError('ROUTER_ENTRY_UNKNOWN', first.text, { problems: problems.map(({ path, message, hint }) => ({ path, message, ...(hint !== undefined && { hint }) })) });
  return looks.flatMap(({ warning }) => (warning === undefined ? [] : [warning]));
}

interface Look {
  readonly problem?: { readonly path: string; readonly message: string; readonly hint: string | undefined; readonly text: string };
  readonly warning?: string;
}

async function look({ stores, site }: Deps, { service, environment, router: { use, backend } }: Entry): Promise<Look> {
  const { roundAgeMs, instances } = await stores.keeper.seenRouter(site, use);
  if (roundAgeMs === null || roundAgeMs > KEEPER_OVERDUE_MS || instances.length === 0) {
    return { warning: `Nobody has looked at router ${use} lately, so whether it has an entry ${backend} for ${environment} is not known.` };
  }
  const without = instances.filter(({ entries }) => !entries.includes(backend)).map(({ instance }) => instance);
  if (without.length === 0) return {};
  const text = `Router ${use} has no entry ${backend} for ${service} in ${environment}: its map or its backends are missing on ${without.join(', ')}.`;
  if (without.length < instances.length || (await stores.deployments.stable(service, environment))) return { warning: text };
  const near = nearest(backend, instances.flatMap(({ entries }) => entries));
  return { problem: { path: `/environments/${environment}/router/backend`, message: `is none that router "${use}" has`, hint: near === undefined ? undefined : `did you mean "${near}"?`, text } };
}
