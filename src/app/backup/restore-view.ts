import type { RestorePlan } from '../../domain/backup/plan.js';
import type { RestoreRecord } from '../../domain/backup/record.js';
import { restoreHasEnded, type RestoreStatus } from '../../domain/backup/restore-status.js';
import { firstRestoreStatus } from '../../domain/backup/first-statuses.js';
import type { Trying } from './backup-runs.js';

/** A restore's status under the API's name for its id. */
export type RestoreLiveView = Omit<RestoreStatus, 'restore' | 'messages'> & { readonly id: string };

/** What whoever asked for a restore gets at once. */
export type RestoreTicket = Pick<RestoreLiveView, 'id' | 'service' | 'environment' | 'source' | 'backup' | 'dryRun' | 'phase' | 'held' | 'loss' | 'pointOfNoReturn'>;

/** One row of a list. */
export type RestoreSummary = Pick<RestoreTicket, 'id' | 'service' | 'environment' | 'source' | 'backup' | 'dryRun' | 'phase'> & {
  readonly by: string;
  readonly reason: string | null;
  readonly requestedAt: string;
  readonly endedAt: string | null;
};

/** One restore with all that is known of it. */
export interface RestoreView extends RestoreLiveView {
  /** `run`: asked just now; `record`: what was last written down. */
  readonly from: 'run' | 'record';
  readonly by: string | null;
  readonly reason: string | null;
  readonly requestedAt: string | null;
  readonly plan: RestorePlan | null;
  /** Why its run, or that of its safety backup, does not get on. */
  readonly trying: Trying | null;
}

/** What a run says of itself while it lives. */
export interface LiveRestore {
  readonly status: RestoreStatus | undefined;
  readonly trying: Trying | null;
}

export function restoreLiveView({ restore, messages: _, ...status }: RestoreStatus): RestoreLiveView {
  return { id: restore, ...status };
}

export function restoreTicket(status: RestoreStatus): RestoreTicket {
  const { restore, service, environment, source, backup, dryRun, phase, held, loss, pointOfNoReturn } = status;
  return { id: restore, service, environment, source, backup, dryRun, phase, held, loss, pointOfNoReturn };
}

export function restoreSummary(record: RestoreRecord): RestoreSummary {
  const { id, service, environment, source, backup, plan, by, reason, requestedAt, endedAt } = record;
  return { id, service, environment, source, backup, dryRun: plan.dryRun, phase: recordedStatus(record).phase, by: by.name, reason, requestedAt, endedAt };
}

/** The run's word where it has one, else the record's. An ended record is never doubted. */
export function restoreView(record: RestoreRecord, { status: live, trying }: LiveRestore): RestoreView {
  const fresh = record.endedAt === null ? live : undefined;
  return {
    ...restoreLiveView(fresh ?? recordedStatus(record)), from: fresh ? 'run' : 'record',
    by: record.by.name, reason: record.reason, requestedAt: record.requestedAt, plan: record.plan, trying,
  };
}

/** What can be shown of a live restore while its record is out of reach. */
export function restoreViewWithoutRecord(live: RestoreStatus, trying: Trying | null): RestoreView {
  return { ...restoreLiveView(live), from: 'run', by: null, reason: null, requestedAt: null, plan: null, trying };
}

export function recordedStatus({ id, plan, status, requestedAt, endedAt }: RestoreRecord): RestoreStatus {
  if (status) return restoreHasEnded(status.phase) ? { ...status, endedAt } : status;
  return firstRestoreStatus({ restore: id, plan }, requestedAt);
}
