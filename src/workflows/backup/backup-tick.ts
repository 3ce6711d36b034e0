import { proxyActivities, startChild, workflowInfo } from '@temporalio/workflow';
import { addressOf, backupWorkflowId } from '../../domain/backup/names.js';
import { SCHEDULE_ACTOR } from '../../domain/backup/schedules.js';
import type { BackupSteps } from '../../domain/backup/steps.js';
import type { ActivitiesOf } from '../sequence/temporal-runtime.js';
import { backupOptions } from './backup-profiles.js';
import type { backup } from './backup-workflow.js';
import type { TickInput } from './input.js';
import { startOrSkip } from './start-or-skip.js';

/** What a Schedule starts, because it puts the time into the id: writes what a request would have written, and starts the backup under its own id. */
export async function backupTick({ plan }: TickInput): Promise<{ readonly backup: string; readonly skipped: boolean }> {
  const step = (name: 'requestBackup' | 'skipBackup', summary: string) => proxyActivities<ActivitiesOf<BackupSteps>>({ ...backupOptions(name, plan), summary });
  const { service, environment, source } = plan;
  const { backup: id } = await step('requestBackup', 'write the request').requestBackup({ plan, trigger: 'schedule', by: SCHEDULE_ACTOR, key: workflowInfo().workflowId });
  const skipped = await startOrSkip(
    () => startChild<typeof backup>('backup', {
      workflowId: backupWorkflowId(addressOf(plan)), args: [{ backup: id, plan, trigger: 'schedule', by: SCHEDULE_ACTOR }],
      memo: { backup: id }, parentClosePolicy: 'ABANDON', staticSummary: `${source.name} of ${service} -> ${environment} (schedule)`,
    }),
    () => step('skipBackup', 'record that it was skipped').skipBackup({ backup: id, text: 'the backup before it was still running' }),
  );
  return { backup: id, skipped };
}
