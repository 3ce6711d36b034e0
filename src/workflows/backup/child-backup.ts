import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ApplicationFailure, type ChildWorkflowHandle, sleep, startChild } from '@temporalio/workflow';
import { addressOf, backupWorkflowId } from '../../domain/backup/names.js';
import type { Task } from '../sequence/runtime.js';
import { taskOf } from '../sequence/task-of.js';
import type { backup } from './backup-workflow.js';
import type { BackupOutcome, BackupWorkflowInput } from './input.js';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

export interface ChildOptions {
  /** For one of the same source that runs. */
  readonly waitMs: number;
  /** Another one of the same source runs, and is waited for. */
  readonly busy?: () => void;
  /** From here on it has a run of its own. */
  readonly began?: (child: ChildWorkflowHandle<typeof backup>) => void;
  readonly settled?: () => void;
}

/**
 * A backup within another run. While one of the same source runs it is waited for, and then another one made: what counts is the data of now.
 * Its failure is an outcome like its success; only what keeps it from running at all is a failure of the task.
 */
export function childBackup(input: BackupWorkflowInput, options: ChildOptions): Task<BackupOutcome> {
  return taskOf('backup', () => runInTurn(input, options), { settled: () => options.settled?.() });
}

async function runInTurn(input: BackupWorkflowInput, { waitMs, busy, began }: ChildOptions): Promise<BackupOutcome> {
  const { service, environment, source } = input.plan;
  const workflowId = backupWorkflowId(addressOf(input.plan));
  const until = Date.now() + waitMs;
  for (let pauseMs = FIRST_WAIT_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_WAIT_MS)) {
    try {
      const child = await startChild<typeof backup>('backup', {
        workflowId, args: [input], memo: { backup: input.backup }, parentClosePolicy: 'REQUEST_CANCEL', cancellationType: 'WAIT_CANCELLATION_COMPLETED',
        staticSummary: `${source.name} of ${service} -> ${environment} (${input.trigger})`,
      });
      began?.(child);
      return await child.result();
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      if (Date.now() >= until) throw ApplicationFailure.nonRetryable(`another backup of ${service}/${source.name} has been running since before, for ${waitMs} ms`, 'BACKUP_RUNNING');
      busy?.();
      await sleep(pauseMs, { summary: `another backup of ${source.name} is running` });
    }
  }
}
