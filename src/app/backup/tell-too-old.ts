import { addressOf, pathOf } from '../../domain/backup/names.js';
import type { BackupPlan } from '../../domain/backup/plan.js';
import { formatDuration } from '../../domain/duration.js';
import type { IdempotencyClaim } from '../../store/stores.js';
import type { AppDeps } from '../deps.js';
import { definedEnvironments } from './declared-sources.js';
import { ownedPlans } from './owned-plan.js';
import { ageOf, type SourceAge } from './source-age.js';

/**
 * Tells whom the environment names that the newest verified backup of a source is older than it may be: once for each backup that becomes
 * too old, however many processes look. One that dies between telling and noting it tells again.
 *
 * @returns how many were told.
 * @throws DATABASE_UNAVAILABLE
 */
export const tellTooOld = (deps: AppDeps) => async (): Promise<number> => {
  let told = 0;
  for (const { spec } of await definedEnvironments(deps)) {
    for (const plan of spec ? ownedPlans(deps, spec) : []) {
      const age = await ageOf(deps, plan);
      if (age.overdueMs !== null && (await tellOnce(deps, plan, age))) told += 1;
    }
  }
  return told;
};

async function tellOnce(deps: AppDeps, plan: BackupPlan, age: SourceAge): Promise<boolean> {
  const { idempotency } = deps.stores;
  const claim = crossing(plan, age);
  const { state } = await idempotency.begin(claim);
  if (state !== 'new') return false;
  const { service, environment, source } = addressOf(plan);
  const text = textOf(plan, age);
  deps.log.warn({ service, environment, source }, text);
  await deps.tell(plan.notify, { kind: 'backup-too-old', service, environment, source, text, at: new Date(deps.now()).toISOString() });
  await idempotency.answer(claim, { status: 200, body: {} });
  return true;
}

/** Carried out once, like a request with a key: the key is the backup that has become too old. */
function crossing(plan: BackupPlan, { newestVerified }: SourceAge): IdempotencyClaim {
  return { key: newestVerified?.id ?? 'none', actor: 'slipway', route: `backup-too-old ${pathOf(addressOf(plan))}`, bodyHash: '' };
}

function textOf(plan: BackupPlan, { ageMs, newestVerified }: SourceAge): string {
  const limit = formatDuration(plan.source.maxAgeMs ?? 0);
  const path = pathOf(addressOf(plan));
  if (ageMs === null || newestVerified === null) return `There is no verified backup of ${path}, although one was to be there within ${limit}.`;
  return `The newest verified backup of ${path}, ${newestVerified.id}, is ${formatDuration(ageMs)} old; it may be ${limit}.`;
}
