import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { proxyActivities, startChild } from '@temporalio/workflow';
import { addressOf, pathOf, retentionWorkflowId } from '../../domain/backup/names.js';
import type { BackupSteps } from '../../domain/backup/steps.js';
import type { ActivitiesOf } from '../sequence/temporal-runtime.js';
import { backupOptions } from './backup-profiles.js';
import type { RetentionInput, RetentionOutcome } from './input.js';

/** For others who work on the repository to end. */
const LONGEST_WAIT_MS = 10 * 60_000;

/** Lets go what the rules keep no longer, and gives the bytes back: what no backup, and nobody who waits for one, should wait for. */
export async function retention({ plan, prune }: RetentionInput): Promise<RetentionOutcome> {
  const step = (name: 'retain' | 'prune', summary: string) => proxyActivities<ActivitiesOf<BackupSteps>>({ ...backupOptions(name, plan), summary });
  const waitMs = Math.min(LONGEST_WAIT_MS, plan.source.timeoutMs / 2);
  const { forgotten, notes, skipped, pruneDue } = await step('retain', 'let go what the rules keep no longer').retain({ plan, waitMs });
  const pruned: string[] = [];
  for (const repository of prune === 'now' ? new Set([plan.source.repository, ...pruneDue]) : pruneDue) {
    const done = await step('prune', `give back what nobody needs in ${repository}`).prune({ plan, repository, when: prune });
    if (done.pruned) pruned.push(repository);
  }
  return { forgotten, pruned, notes: skipped === null ? notes : [...notes, `${skipped}; the next backup does it`] };
}

/** In a run of its own, which nobody waits for. One that runs already does the same. */
export async function leaveRetention(input: RetentionInput): Promise<void> {
  const address = addressOf(input.plan);
  try {
    await startChild<typeof retention>('retention', {
      workflowId: retentionWorkflowId(address), args: [input], parentClosePolicy: 'ABANDON', staticSummary: `retention of ${pathOf(address)}`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
