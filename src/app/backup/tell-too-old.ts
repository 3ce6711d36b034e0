import { addressOf, pathOf } from '../../domain/backup/names.js';
import type { BackupPlan } from '../../domain/backup/plan.js';
import { formatDuration } from '../../domain/duration.js';
import type { Notice } from '../../notifiers/notifier.js';
import type { IdempotencyClaim } from '../../store/stores.js';
import type { AppDeps } from '../deps.js';
import { definedEnvironments } from './declared-sources.js';
import { ownedPlans } from './owned-plan.js';
import { ageOf, type SourceAge } from './source-age.js';

/** For as long as it stays too old, people are told again this often. */
const AGAIN_MS = 86_400_000;

/**
 * Tells whom the environment names that the newest verified backup of a source is older than it may be, and again each day: each receiver once,
 * however many processes look. One that cannot be reached is tried again by the next look; who dies between telling and noting it tells again.
 *
 * @returns of how many sources somebody was told.
 * @throws DATABASE_UNAVAILABLE
 */
export const tellTooOld = (deps: AppDeps) => async (): Promise<number> => {
  let told = 0;
  for (const { spec } of await definedEnvironments(deps)) {
    for (const plan of spec ? ownedPlans(deps, spec) : []) {
      const age = await ageOf(deps, plan);
      if (age.overdueMs !== null && (await tellAll(deps, plan, { ...age, overdueMs: age.overdueMs }))) told += 1;
    }
  }
  return told;
};

type Overdue = SourceAge & { readonly overdueMs: number };

/** Where nobody asked, the log is told. @returns whether somebody was. */
async function tellAll(deps: AppDeps, plan: BackupPlan, age: Overdue): Promise<boolean> {
  const asked = Object.keys(plan.notify).filter((name) => plan.notify[name]?.on.includes('backup-too-old'));
  let told = false;
  for (const receiver of asked.length > 0 ? asked : ['']) told = (await tellOnce(deps, plan, age, receiver)) || told;
  return told;
}

async function tellOnce(deps: AppDeps, plan: BackupPlan, age: Overdue, receiver: string): Promise<boolean> {
  const { idempotency } = deps.stores;
  const claim = claimOf(plan, age, receiver);
  if ((await idempotency.begin(claim)).state !== 'new') return false;
  const notice = noticeOf(deps, plan, age);
  const { [receiver]: spec } = plan.notify;
  const untold = await deps.tell(spec ? { [receiver]: spec } : {}, notice);
  if (untold.length > 0) {
    await idempotency.release(claim);
    return false;
  }
  deps.log.warn({ service: notice.service, environment: notice.environment, source: notice.source, receiver }, notice.text);
  await idempotency.answer(claim, { status: 200, body: {} });
  return true;
}

/** Carried out once, like a request with a key: the key is the backup that is too old, and for how many days it has been. */
function claimOf(plan: BackupPlan, { newestVerified, declaredAt, overdueMs }: Overdue, receiver: string): IdempotencyClaim {
  const key = `${newestVerified?.id ?? `none since ${declaredAt}`} ${Math.floor(overdueMs / AGAIN_MS)}`;
  return { key, actor: 'slipway', route: `backup-too-old ${pathOf(addressOf(plan))} ${receiver}`, bodyHash: '' };
}

/** The same at every attempt, as of when it was due, so that a receiver recognises it. */
function noticeOf({ now }: AppDeps, plan: BackupPlan, age: Overdue): Notice {
  const lateMs = age.overdueMs % AGAIN_MS;
  const text = textOf(plan, { ...age, ageMs: age.ageMs === null ? null : age.ageMs - lateMs });
  return { kind: 'backup-too-old', ...addressOf(plan), text, at: new Date(now() - lateMs).toISOString() };
}

function textOf(plan: BackupPlan, { ageMs, newestVerified }: SourceAge): string {
  const limit = formatDuration(plan.source.maxAgeMs ?? 0);
  const path = pathOf(addressOf(plan));
  if (ageMs === null || newestVerified === null) return `There is no verified backup of ${path}, although one was to be there within ${limit}.`;
  return `The newest verified backup of ${path}, ${newestVerified.id}, is ${formatDuration(ageMs)} old; it may be ${limit}.`;
}
