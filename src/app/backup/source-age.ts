import { dataAgeMs, overdueMs } from '../../domain/backup/data-age.js';
import { addressOf } from '../../domain/backup/names.js';
import type { BackupPlan } from '../../domain/backup/plan.js';
import type { BackupRecord } from '../../domain/backup/record.js';
import type { AppDeps } from '../deps.js';

export interface SourceAge {
  readonly newestVerified: BackupRecord | null;
  /** Of the newest verified data; null: there is none. */
  readonly ageMs: number | null;
  /** For how long it has been older than the source allows, or missing although it was to be there; null: it is not. */
  readonly overdueMs: number | null;
  /** Since when the source is declared, RFC 3339. */
  readonly declaredAt: string;
}

/** How old what there is of a source is. One that nobody has noted yet was declared just now. @throws DATABASE_UNAVAILABLE */
export async function ageOf({ stores, now }: Pick<AppDeps, 'stores' | 'now'>, plan: BackupPlan): Promise<SourceAge> {
  const address = addressOf(plan);
  const [newestVerified = null, noted] = await Promise.all([stores.backups.newestVerified(address), stores.sources.declaredAt(address)]);
  const nowMs = now();
  const declaredAt = noted ?? new Date(nowMs).toISOString();
  const facts = { maxAgeMs: plan.source.maxAgeMs, newestVerifiedAt: newestVerified?.at ?? null, declaredAt };
  return { newestVerified, ageMs: dataAgeMs(facts, nowMs), overdueMs: overdueMs(facts, nowMs), declaredAt };
}
