import { addressOf } from '../../domain/backup/names.js';
import type { BackupRecord } from '../../domain/backup/record.js';
import type { BackupFilter } from '../../store/backup-stores.js';
import type { Page, PageRequest } from '../../store/stores.js';
import type { AppDeps } from '../deps.js';
import { backupOf } from './backup-record-of.js';
import { type BackupSummary, backupSummary, type BackupView, backupView, type KeptView } from './backup-view.js';
import { retentionNow } from './preview-retention.js';
import { todaysPlan } from './todays-plan.js';

/** Newest first, as recorded. @throws DATABASE_UNAVAILABLE, INVALID_REQUEST (the cursor is none of ours) */
export const listBackups = (deps: AppDeps) => async (filter: BackupFilter, page: PageRequest): Promise<Page<BackupSummary>> => {
  const { items, next } = await deps.stores.backups.list(filter, page);
  return { items: items.map(backupSummary), next };
};

/** One backup: the live run's own word while it runs, else what was recorded. @throws BACKUP_NOT_FOUND, DATABASE_UNAVAILABLE */
export const showBackup = (deps: AppDeps) => async (id: string): Promise<BackupView> => {
  const record = await backupOf(deps.stores, id);
  const address = { ...addressOf(record.plan), run: id };
  const runs = record.endedAt === null;
  const isKept = record.snapshot !== null && record.state !== 'forgotten';
  const [live, trying, kept] = await Promise.all([
    runs ? deps.backupRuns.backupStatus(address) : undefined,
    runs || isKept ? deps.backupRuns.trying(runs ? 'backup' : 'verify', address) : null,
    isKept ? keptView(deps, record) : null,
  ]);
  return backupView(record, live, { trying, kept });
};

/** By today's rules: retention asks them, not those of the day it was made. */
async function keptView(deps: AppDeps, record: BackupRecord): Promise<KeptView | null> {
  const { source: { keep } } = await todaysPlan(deps, record);
  const plan = await retentionNow(deps, addressOf(record.plan), keep);
  const stays = plan.keep.find(({ id }) => id === record.id);
  if (stays) return { why: stays.why, expires: stays.expires };
  const goes = plan.forget.find(({ id }) => id === record.id);
  return goes ? { why: [`goes with the next retention: ${goes.why}`], expires: new Date(deps.now()).toISOString() } : null;
}
