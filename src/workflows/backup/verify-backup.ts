import { CancellationScope, proxyActivities } from '@temporalio/workflow';
import { damageText } from '../../domain/backup/damage-text.js';
import type { BackupSteps } from '../../domain/backup/steps.js';
import { type StepFailure, stepFailure } from '../sequence/step-failure.js';
import type { ActivitiesOf } from '../sequence/temporal-runtime.js';
import { backupOptions } from './backup-profiles.js';
import type { VerifyInput, VerifyOutcome } from './input.js';
import { tellApart } from './tell-apart.js';

type Step = (name: keyof BackupSteps, summary: string) => ActivitiesOf<BackupSteps>;
type Read = BackupSteps['verifyBackup'][1];

/** Reads one backup back once more. Damage is recorded and told, and so is that it could not be read. */
export async function verifyBackup(input: VerifyInput): Promise<VerifyOutcome> {
  const step: Step = (name, summary) => proxyActivities<ActivitiesOf<BackupSteps>>({ ...backupOptions(name, input.plan), summary });
  const read = await step('verifyBackup', 'read the backup back from its destination').verifyBackup(input).catch(stepFailure);
  return CancellationScope.nonCancellable(() => ('ok' in read ? endUnread(step, input, read) : endRead(step, input, read)));
}

async function endRead(step: Step, { backup, plan }: VerifyInput, { damage, at }: Read): Promise<VerifyOutcome> {
  await step('recordVerified', damage.length === 0 ? 'record that it is whole' : 'record that it is damaged').recordVerified({ backup, damage, at });
  if (damage.length > 0) {
    const text = `backup ${backup} of ${plan.service}/${plan.source.name} in ${plan.environment} is damaged in ${plan.source.repository}. ${damageText(damage)}`;
    await tellApart({ plan, run: backup, kind: 'backup-damaged', text });
  }
  return { damage, failure: null };
}

async function endUnread(step: Step, { backup, plan }: VerifyInput, { code, text }: StepFailure): Promise<VerifyOutcome> {
  await step('recordUnread', 'record that it could not be read').recordUnread({ backup, code, text, at: new Date().toISOString() });
  const sentence = `backup ${backup} of ${plan.service}/${plan.source.name} in ${plan.environment} could not be read back from ${plan.source.repository}: ${text} (${code}). What was known of it before still counts.`;
  await tellApart({ plan, run: backup, kind: 'verify-failed', text: sentence });
  return { damage: [], failure: { code, text } };
}
