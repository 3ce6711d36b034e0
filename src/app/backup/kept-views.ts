import { addressOf, pathOf } from '../../domain/backup/names.js';
import type { BackupRecord } from '../../domain/backup/record.js';
import type { RetentionPlan } from '../../domain/backup/retention.js';
import type { AppDeps } from '../deps.js';
import type { KeptView } from './backup-view.js';
import type { OwnedPlanDeps } from './owned-plan.js';
import { retentionNow } from './preview-retention.js';
import { todaysPlan } from './todays-plan.js';

type Deps = OwnedPlanDeps & Pick<AppDeps, 'now'>;

/** Why each of them is kept, by its id: retention is asked once a source. What is not kept is left out. @throws DATABASE_UNAVAILABLE */
export async function keptViews(deps: Deps, records: readonly BackupRecord[]): Promise<ReadonlyMap<string, KeptView>> {
  const bySource = new Map(records.filter(isKept).map((record) => [pathOf(record), record]));
  const plans: RetentionPlan[] = [];
  for (const record of bySource.values()) plans.push(await retentionOf(deps, record));
  const goesAt = new Date(deps.now()).toISOString();
  return new Map(plans.flatMap(({ keep, forget }): [string, KeptView][] => [
    ...keep.map(({ id, why, expires }): [string, KeptView] => [id, { why, expires }]),
    ...forget.map(({ id, why }): [string, KeptView] => [id, { why: [`goes with the next retention: ${why}`], expires: goesAt }]),
  ]));
}

function isKept({ snapshot, state }: BackupRecord): boolean {
  return snapshot !== null && state !== 'forgotten';
}

/** By today's rules: retention asks them, not those of the day it was made. */
async function retentionOf(deps: Deps, record: BackupRecord): Promise<RetentionPlan> {
  const { source: { keep } } = await todaysPlan(deps, record);
  return retentionNow(deps, addressOf(record.plan), keep);
}
