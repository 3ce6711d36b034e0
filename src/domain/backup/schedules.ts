import type { Actor } from '../actor.js';
import { addressOf, backupWorkflowId, drillWorkflowId, pathOf } from './names.js';
import type { BackupPlan } from './plan.js';
import type { ScheduleSpec } from './source-spec.js';

export type ScheduleKind = 'backup' | 'drill';

/** Who asks for what a schedule starts. */
export const SCHEDULE_ACTOR: Actor = { name: 'schedule', roles: [] };

/** What is to be started again and again: everything an implementation needs, as data. */
export interface WantedSchedule {
  /** Of the schedule; what it starts has the time behind an id of its own. */
  readonly id: string;
  readonly kind: ScheduleKind;
  readonly plan: BackupPlan;
  readonly spec: ScheduleSpec;
}

/** The schedules that an owned source asks for. */
export function schedulesOf(plan: BackupPlan): readonly WantedSchedule[] {
  const address = addressOf(plan);
  const { schedule, drill } = plan.source;
  return [
    ...(schedule ? [{ id: backupWorkflowId(address), kind: 'backup' as const, plan, spec: schedule }] : []),
    ...(drill ? [{ id: drillWorkflowId(address), kind: 'drill' as const, plan, spec: drill }] : []),
  ];
}

/** Whether the id is one that `schedulesOf` gives. */
export function isScheduleId(id: string): boolean {
  return /^(?:backup|restore-drill)\/[^/]+\/[^/]+\/[^/]+$/.test(id);
}

/** The stem of the ids of the ticks that the schedule starts; each starts the run that has the lock. */
export function startedIdOf({ kind, plan }: Pick<WantedSchedule, 'kind' | 'plan'>): string {
  const path = pathOf(addressOf(plan));
  return kind === 'backup' ? `backup-tick/${path}` : `drill-tick/${path}`;
}
