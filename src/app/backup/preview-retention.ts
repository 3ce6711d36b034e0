import type { SourceAddress } from '../../domain/backup/plan.js';
import { planRetention, retainedOf, type RetentionPlan } from '../../domain/backup/retention.js';
import type { KeepRules } from '../../domain/backup/source-spec.js';
import type { AppDeps } from '../deps.js';
import { ownedPlan } from './owned-plan.js';

export interface RetentionView extends SourceAddress, RetentionPlan {
  readonly rules: KeepRules;
}

/** What retention would let go now, and why; nothing goes. @throws SERVICE_NOT_FOUND, ENVIRONMENT_NOT_FOUND, SOURCE_UNKNOWN, SOURCE_NOT_OWNED, DATABASE_UNAVAILABLE */
export const previewRetention = (deps: AppDeps) => async ({ service, environment, source }: SourceAddress): Promise<RetentionView> => {
  const { source: { keep: rules } } = await ownedPlan(deps, { service, environment, source });
  return { service, environment, source, rules, ...await retentionNow(deps, { service, environment, source }, rules) };
};

/** What the rules would let go of the source now. @throws DATABASE_UNAVAILABLE */
export async function retentionNow(deps: Pick<AppDeps, 'stores' | 'now'>, address: SourceAddress, rules: KeepRules): Promise<RetentionPlan> {
  const { backups } = deps.stores;
  const [kept, pins] = await Promise.all([backups.kept(address), backups.pins(address)]);
  return planRetention({ kept: kept.map(retainedOf), pins, rules, now: new Date(deps.now()).toISOString() });
}
