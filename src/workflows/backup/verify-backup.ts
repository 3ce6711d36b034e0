import { proxyActivities } from '@temporalio/workflow';
import { damageText } from '../../domain/backup/damage-text.js';
import type { BackupSteps } from '../../domain/backup/steps.js';
import type { Damage } from '../../domain/backup/manifest.js';
import type { ActivitiesOf } from '../sequence/temporal-runtime.js';
import { backupOptions } from './backup-profiles.js';
import type { VerifyInput } from './input.js';

/** Reads one backup back once more; damage is recorded and told. */
export async function verifyBackup({ backup, plan, snapshot }: VerifyInput): Promise<{ readonly damage: readonly Damage[] }> {
  const step = (name: keyof BackupSteps, summary: string) => proxyActivities<ActivitiesOf<BackupSteps>>({ ...backupOptions(name, plan), summary });
  const { damage, at } = await step('verifyBackup', 'read the backup back from its destination').verifyBackup({ backup, plan, snapshot });
  await step('recordVerified', damage.length === 0 ? 'record that it is whole' : 'record that it is damaged').recordVerified({ backup, damage, at });
  if (damage.length > 0) {
    const text = `backup ${backup} of ${plan.service}/${plan.source.name} in ${plan.environment} is damaged in ${plan.source.repository}. ${damageText(damage)}`;
    // Who cannot be told is in the worker's log; the mark in the catalogue counts.
    await step('tell', 'notify: backup-damaged').tell({ plan, run: backup, kind: 'backup-damaged', text }).catch(() => undefined);
  }
  return { damage };
}
