import type { AppDeps } from '../deps.js';

/** Rounds come every five seconds: after so long nobody looks. */
export const KEEPER_OVERDUE_MS = 30_000;

/**
 * Why nobody looks after the site's environments between deployments; null while somebody does, or nothing is there to look after. Deployments do not
 * need it.
 *
 * @throws DATABASE_UNAVAILABLE
 */
export async function keeperProblem({ stores, site }: Pick<AppDeps, 'stores' | 'site'>): Promise<string | null> {
  const [ageMs, environments] = await Promise.all([stores.keeper.roundAgeMs(site), stores.keeper.countEnvironments()]);
  if (environments === 0 || (ageMs !== null && ageMs <= KEEPER_OVERDUE_MS)) return null;
  const since = ageMs === null ? 'it has never looked' : `it last looked ${Math.round(ageMs / 1_000)} s ago`;
  return `the keeper of ${site} does not look after the environments: ${since}`;
}
