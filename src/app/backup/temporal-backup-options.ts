import type { Workflow, WorkflowStartOptions } from '@temporalio/client';
import type { SourceAddress } from '../../domain/backup/plan.js';
import { WORKFLOW_QUEUE } from '../../domain/task-queues.js';
import { SlipwayDeployment, SlipwayEnvironment, SlipwayPhase, SlipwayService } from '../../workflows/sequence/search-attributes.js';

export interface LockedRun extends SourceAddress {
  /** `backup`, `restore`, `drill`: the memo's name for the run's id. */
  readonly kind: string;
  readonly run: string;
  readonly workflowId: string;
  /** What it does, for the list of the Web UI. */
  readonly summary: string;
}

/** The id is the lock: a second start is refused while one runs, and free once it has ended. */
export function lockedOptions<Input extends object>(run: LockedRun, input: Input): WorkflowStartOptions<Workflow & ((input: Input) => Promise<unknown>)> {
  const { service, environment, source } = run;
  return {
    taskQueue: WORKFLOW_QUEUE,
    workflowId: run.workflowId,
    workflowIdConflictPolicy: 'FAIL',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    // A worker that dies with a task in its hands holds the run back no longer than this.
    workflowTaskTimeout: '2s',
    args: [input],
    memo: { [run.kind]: run.run },
    typedSearchAttributes: [
      { key: SlipwayDeployment, value: run.run },
      { key: SlipwayService, value: service },
      { key: SlipwayEnvironment, value: environment },
      { key: SlipwayPhase, value: 'requested' },
    ],
    staticSummary: run.summary,
    staticDetails: `Source **${source}** of service **${service}**, environment **${environment}**. What it does now stands under the current details.`,
  };
}
