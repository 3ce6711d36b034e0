import { addressOf } from '../../domain/backup/names.js';
import type { ChosenBackup } from '../../domain/backup/plan.js';
import type { BackupRecord } from '../../domain/backup/record.js';
import type { BackupSteps } from '../../domain/backup/steps.js';
import { codeOf } from '../../domain/errors.js';
import type { BackupDeps } from './deps.js';

/** Chooses the newest verified backup. */
export async function openDrill({ stores: { backups, drills } }: BackupDeps, { plan, drill }: BackupSteps['openDrill'][0]): Promise<BackupSteps['openDrill'][1]> {
  for (let attempt = 1; ; attempt += 1) {
    const backup = chosen(await backups.newestVerified(addressOf(plan)));
    try {
      if (backup) await drills.open(drill, { ...plan, backup });
      return { backup };
    } catch (error) {
      // A newer one took its place between the two, and retention came: that one is chosen now.
      if (codeOf(error) !== 'BACKUP_FORGOTTEN' || attempt === CHOICES) throw error;
    }
  }
}

const CHOICES = 3;

function chosen(record: BackupRecord | undefined): ChosenBackup | null {
  if (!record?.snapshot || !record.fingerprint || record.at === null) return null;
  const { id, snapshot, repository, at, fingerprint } = record;
  return { id, snapshot, repository, at, fingerprint };
}
