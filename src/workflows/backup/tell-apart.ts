import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { proxyActivities, startChild } from '@temporalio/workflow';
import { noticeWorkflowId } from '../../domain/backup/names.js';
import type { BackupSteps, Telling } from '../../domain/backup/steps.js';
import { SlipwayEnvironment, SlipwayService } from '../sequence/search-attributes.js';
import type { ActivitiesOf } from '../sequence/temporal-runtime.js';
import { backupOptions } from './backup-profiles.js';
import type { deliverNotice } from './deliver-notice.js';

/** The log is there, or the worker is not. */
const LOG_LIMIT = '30s';

/** Hands a notice to a run of its own, so that a receiver who is away keeps no lock; where nobody asked, the log is told. Never fails. */
export async function tellApart(telling: Telling): Promise<void> {
  const { plan, kind } = telling;
  if (Object.values(plan.notify).some(({ on }) => on.includes(kind))) return handOver(telling);
  const options = { ...backupOptions('tell', plan), scheduleToCloseTimeout: LOG_LIMIT, summary: `notify: ${kind}` } as const;
  await proxyActivities<ActivitiesOf<BackupSteps>>(options).tell(telling).catch(() => undefined);
}

async function handOver(telling: Telling): Promise<void> {
  const { plan, run, kind } = telling;
  try {
    await startChild<typeof deliverNotice>('deliverNotice', {
      workflowId: noticeWorkflowId(run, kind), args: [telling], parentClosePolicy: 'ABANDON', staticSummary: `notify: ${kind} of ${plan.source.name} of ${plan.service}`,
      typedSearchAttributes: [{ key: SlipwayService, value: plan.service }, { key: SlipwayEnvironment, value: plan.environment }],
    });
  } catch (error) {
    // The same is still being told.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
