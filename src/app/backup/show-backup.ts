import { addressOf } from '../../domain/backup/names.js';
import type { BackupFilter } from '../../store/backup-stores.js';
import type { Page, PageRequest } from '../../store/stores.js';
import type { AppDeps } from '../deps.js';
import { backupOf } from './backup-record-of.js';
import { type BackupListItem, backupSummary, type BackupView, backupView } from './backup-view.js';
import { keptViews } from './kept-views.js';

/** Newest first, as recorded. @throws DATABASE_UNAVAILABLE, INVALID_REQUEST (the cursor is none of ours) */
export const listBackups = (deps: AppDeps) => async (filter: BackupFilter, page: PageRequest): Promise<Page<BackupListItem>> => {
  const { items, next } = await deps.stores.backups.list(filter, page);
  const kept = await keptViews(deps, items);
  return { items: items.map((item) => ({ ...backupSummary(item), kept: kept.get(item.id) ?? null })), next };
};

/** One backup: the live run's own word while it runs, else what was recorded. @throws BACKUP_NOT_FOUND, DATABASE_UNAVAILABLE */
export const showBackup = (deps: AppDeps) => async (id: string): Promise<BackupView> => {
  const record = await backupOf(deps.stores, id);
  const address = { ...addressOf(record.plan), run: id };
  const runs = record.endedAt === null;
  const [live, trying, kept] = await Promise.all([
    runs ? deps.backupRuns.backupStatus(address) : undefined,
    runs || record.snapshot !== null ? deps.backupRuns.trying(runs ? 'backup' : 'verify', address) : null,
    keptViews(deps, [record]),
  ]);
  return backupView(record, live, { trying, kept: kept.get(id) ?? null });
};
