import { addressOf } from '../../domain/backup/names.js';
import type { SourceAddress } from '../../domain/backup/plan.js';
import type { RestoreRecord } from '../../domain/backup/record.js';
import { codeOf } from '../../domain/errors.js';
import type { Page, PageRequest } from '../../store/stores.js';
import type { AppDeps } from '../deps.js';
import { restoreOf } from './backup-record-of.js';
import type { BackupRunAddress } from './backup-runs.js';
import { locateRestore } from './locate-restore.js';
import { type LiveRestore, type RestoreSummary, restoreSummary, type RestoreView, restoreView, restoreViewWithoutRecord } from './restore-view.js';

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
    const { status, trying } = await liveRestore(deps, await locateRestore(deps, id));
    if (!status) throw error;
    return restoreViewWithoutRecord(status, trying);
  }
};

async function viewOf(deps: AppDeps, record: RestoreRecord): Promise<RestoreView> {
  const ended = { status: undefined, trying: null };
  return restoreView(record, record.endedAt === null ? await liveRestore(deps, { ...addressOf(record.plan), run: record.id }) : ended);
}

/** While it waits for its safety backup, it is that whose steps may fail. */
async function liveRestore({ backupRuns }: AppDeps, address: BackupRunAddress): Promise<LiveRestore> {
  const [status, trying] = await Promise.all([backupRuns.restoreStatus(address), backupRuns.trying('restore', address)]);
  const waitsFor = status?.phase === 'protecting' ? status.safetyBackup : null;
  return { status, trying: waitsFor === null ? trying : trying ?? (await backupRuns.trying('backup', { ...address, run: waitsFor })) };
}
