import { addressOf } from '../../domain/backup/names.js';
import type { BackupPlan } from '../../domain/backup/plan.js';
import type { BackupRecord } from '../../domain/backup/record.js';
import type { AppDeps } from '../deps.js';

export interface SourceAge {
  readonly newestVerified: BackupRecord | null;
  /** Of the newest verified data; null: there is none. */
  readonly ageMs: number | null;
  /** Older than the source allows, or there is none although it was to be. False where nothing was asked for. */
  readonly tooOld: boolean;
}

/** @param declaredAt since when there could be a backup, RFC 3339 */
export async function ageOf({ stores, now }: Pick<AppDeps, 'stores' | 'now'>, plan: BackupPlan, declaredAt: string): Promise<SourceAge> {
  const newestVerified = (await stores.backups.newestVerified(addressOf(plan))) ?? null;
  const { maxAgeMs } = plan.source;
  const ageMs = newestVerified?.at ? Math.max(0, now() - Date.parse(newestVerified.at)) : null;
  const unprotectedMs = ageMs ?? now() - Date.parse(declaredAt);
  return { newestVerified, ageMs, tooOld: maxAgeMs !== null && unprotectedMs > maxAgeMs };
}
