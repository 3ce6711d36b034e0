import type { ScheduleDescription, ScheduleOptions, ScheduleSpec as TemporalSpec } from '@temporalio/client';
import type { ScheduleSpec } from '../../domain/backup/source-spec.js';
import { startedIdOf, type WantedSchedule } from '../../domain/backup/schedules.js';
import { WORKFLOW_QUEUE } from '../../domain/task-queues.js';
import { SlipwayEnvironment, SlipwayService } from '../../workflows/sequence/search-attributes.js';
import type { TickInput } from '../../workflows/backup/input.js';

type Options = ScheduleOptions & { readonly action: { readonly type: 'startWorkflow' } };

/** Everything of a schedule but its id, memo and state. */
export function scheduleOptions(wanted: WantedSchedule): Pick<Options, 'spec' | 'action' | 'policies'> {
  return {
    spec: specOf(wanted.spec),
    policies: { overlap: 'SKIP', catchupWindow: wanted.spec.catchUpMs },
    action: actionOf(wanted),
  };
}

function specOf({ when, timezone, jitterMs }: ScheduleSpec): TemporalSpec {
  const times = when.kind === 'cron' ? { cronExpressions: [when.cron] } : { intervals: [{ every: when.everyMs }] };
  return { ...times, timezone, ...(jitterMs > 0 && { jitter: jitterMs }) };
}

function actionOf(wanted: WantedSchedule): Options['action'] {
  const { kind, plan } = wanted;
  const tick: TickInput = { plan };
  return {
    type: 'startWorkflow',
    workflowType: kind === 'backup' ? 'backupTick' : 'drillTick',
    workflowId: startedIdOf(wanted),
    taskQueue: WORKFLOW_QUEUE,
    workflowTaskTimeout: '2s',
    args: [tick],
    typedSearchAttributes: [{ key: SlipwayService, value: plan.service }, { key: SlipwayEnvironment, value: plan.environment }],
  };
}

const MARK = / ?\[definition ([0-9a-f]+)\]$/;

/** The digest stands in the note, which the list shows and an update may change; what a person wrote there stays before it. */
export function markedNote(before: string | undefined, digest: string): string {
  return `${(before ?? '').replace(MARK, '')} [definition ${digest}]`.trimStart();
}

export function digestOfNote(note: string | undefined): string {
  return MARK.exec(note ?? '')?.[1] ?? '';
}

/** What an update must carry over from what is there. */
export function keptState({ state }: ScheduleDescription, digest: string): { paused: boolean; note: string; remainingActions?: number } {
  const { paused, note, remainingActions } = state;
  return { paused, note: markedNote(note, digest), ...(remainingActions !== undefined && remainingActions > 0 && { remainingActions }) };
}
