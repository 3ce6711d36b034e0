import { addressOf } from '../../domain/backup/names.js';
import type { SourceAddress } from '../../domain/backup/plan.js';
import type { RestoreRecord } from '../../domain/backup/record.js';
import { codeOf } from '../../domain/errors.js';
import type { Page, PageRequest } from '../../store/stores.js';
import type { AppDeps } from '../deps.js';
import { restoreOf } from './backup-record-of.js';
import { locateRestore } from './locate-restore.js';
import { type RestoreSummary, restoreSummary, type RestoreView, restoreView, restoreViewWithoutRecord } from './restore-view.js';

/** Newest first, as recorded. @throws DATABASE_UNAVAILABLE, INVALID_REQUEST (the cursor is none of ours) */
export const listRestores = (deps: AppDeps) => async (filter: Partial<SourceAddress>, page: PageRequest): Promise<Page<RestoreSummary>> => {
  const { items, next } = await deps.stores.restores.list(filter, page);
  return { items: items.map(restoreSummary), next };
};

/**
 * One restore: the live run's own word while it runs, else what was recorded. While the database is away, a live one is still shown.
 *
 * @throws RESTORE_NOT_FOUND, DATABASE_UNAVAILABLE
 */
export const showRestore = (deps: AppDeps) => async (id: string): Promise<RestoreView> => {
  try {
    return await viewOf(deps, await restoreOf(deps.stores, id));
  } catch (error) {
    if (codeOf(error) !== 'DATABASE_UNAVAILABLE') throw error;
    const live = await deps.backupRuns.restoreStatus(await locateRestore(deps, id));
    if (!live) throw error;
    return restoreViewWithoutRecord(live);
  }
};

async function viewOf(deps: AppDeps, record: RestoreRecord): Promise<RestoreView> {
  const live = record.endedAt === null ? await deps.backupRuns.restoreStatus({ ...addressOf(record.plan), run: record.id }) : undefined;
  return restoreView(record, live);
}
