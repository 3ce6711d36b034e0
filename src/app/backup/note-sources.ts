import { addressOf } from '../../domain/backup/names.js';
import type { AppDeps } from '../deps.js';
import { definedEnvironments } from './declared-sources.js';
import { ownedPlans } from './owned-plan.js';

/** Notes which sources are declared, for the metrics, and since when, for the age of their data. @throws DATABASE_UNAVAILABLE */
export const noteSources = (deps: Pick<AppDeps, 'stores' | 'environments' | 'site' | 'log'>) => async (): Promise<void> => {
  const environments = await definedEnvironments(deps);
  const plans = environments.flatMap(({ spec }) => (spec ? ownedPlans(deps, spec) : []));
  await deps.stores.sources.declare({
    sources: plans.map((plan) => ({ ...addressOf(plan), maxAgeMs: plan.source.maxAgeMs })),
    undecided: environments.filter(({ spec }) => spec === null).map(({ service, environment }) => ({ service, environment })),
  });
};
