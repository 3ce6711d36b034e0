import { addressOf } from '../../domain/backup/names.js';
import { SlipwayError } from '../../domain/errors.js';
import type { AppDeps } from '../deps.js';
import { locate } from '../locate.js';
import { restoreNotFound, restoreOf } from './backup-record-of.js';
import type { BackupRunAddress } from './backup-runs.js';

/** Where a live restore runs. @throws RESTORE_NOT_FOUND, RESTORE_ENDED, DATABASE_UNAVAILABLE, TEMPORAL_UNAVAILABLE */
export function locateRestore(deps: AppDeps, id: string): Promise<BackupRunAddress> {
  return locate({ fromRecord: () => fromRecord(deps, id), fromRuns: () => fromRuns(deps, id), unknown: 'RESTORE_NOT_FOUND', name: `restore ${id}` });
}

async function fromRecord(deps: AppDeps, id: string): Promise<BackupRunAddress> {
  const { plan, status, endedAt } = await restoreOf(deps.stores, id);
  if (endedAt !== null) throw new SlipwayError('RESTORE_ENDED', `Restore ${id} ended ${status?.phase ?? ''}.`);
  return { ...addressOf(plan), run: id };
}

async function fromRuns(deps: AppDeps, id: string): Promise<BackupRunAddress> {
  const address = await deps.backupRuns.findRunning('restore', id);
  if (address) return address;
  throw restoreNotFound(id);
}
