import { proxyActivities, startChild, workflowInfo } from '@temporalio/workflow';
import { addressOf, drillWorkflowId } from '../../domain/backup/names.js';
import { SCHEDULE_ACTOR } from '../../domain/backup/schedules.js';
import type { BackupSteps } from '../../domain/backup/steps.js';
import type { ActivitiesOf } from '../sequence/temporal-runtime.js';
import { backupOptions } from './backup-profiles.js';
import type { TickInput } from './input.js';
import type { restoreDrill } from './restore-drill.js';
import { startOrSkip } from './start-or-skip.js';

/** As `backupTick`, of a drill: those of a schedule and those of people share one lock. */
export async function drillTick({ plan }: TickInput): Promise<{ readonly drill: string; readonly skipped: boolean }> {
  const step = (name: 'requestDrill' | 'skipDrill', summary: string) => proxyActivities<ActivitiesOf<BackupSteps>>({ ...backupOptions(name, plan), summary });
  const { service, environment, source } = plan;
  const { drill } = await step('requestDrill', 'write the request').requestDrill({ plan, by: SCHEDULE_ACTOR, key: workflowInfo().workflowId });
  const skipped = await startOrSkip(
    () => startChild<typeof restoreDrill>('restoreDrill', {
      workflowId: drillWorkflowId(addressOf(plan)), args: [{ drill, plan, by: SCHEDULE_ACTOR }],
      memo: { drill }, parentClosePolicy: 'ABANDON', staticSummary: `drill the restore of ${source.name} of ${service} -> ${environment} (schedule)`,
    }),
    () => step('skipDrill', 'record that it was skipped').skipDrill({ drill, text: 'the drill before it was still running' }),
  );
  return { drill, skipped };
}
