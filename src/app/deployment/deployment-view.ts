import type { Plan } from '../../domain/deployment/plan.js';
import type { DeploymentRecord } from '../../domain/deployment/record.js';
import { type DeploymentStatus, hasEnded } from '../../domain/deployment/status.js';
import type { DeploymentTicket } from './deployment-ticket.js';
import { firstStatusOf } from '../../domain/deployment/first-status.js';

/** A deployment's status under the API's name for its id. */
export interface LiveView extends Omit<DeploymentStatus, 'deployment' | 'serial' | 'messages'> {
  readonly id: string;
}

/** One deployment with all that is known of it. */
export interface DeploymentView extends LiveView {
  /** `run`: asked just now; `record`: what was last written down. */
  readonly source: 'run' | 'record';
  readonly by: string | null;
  readonly reason: string | null;
  readonly undoes: string | null;
  readonly revision: number | null;
  readonly requestedAt: string | null;
  readonly plan: Plan | null;
}

/** One row of a list. */
export interface DeploymentSummary extends DeploymentTicket {
  readonly by: string;
  readonly reason: string | null;
  readonly undoes: string | null;
  readonly requestedAt: string;
  readonly endedAt: string | null;
}

export function liveView({ deployment, serial: _, messages: __, ...status }: DeploymentStatus): LiveView {
  return { id: deployment, ...status };
}

/** The run's word where it has one, else the record's. An ended record is never doubted. */
export function deploymentView(record: DeploymentRecord, live: DeploymentStatus | undefined): DeploymentView {
  const recorded = record.status ?? firstStatusOf({ deployment: record.id, plan: record.plan }, record.requestedAt);
  const ended = hasEnded(record.phase);
  const status = live && !ended ? live : { ...recorded, phase: record.phase, endedAt: record.endedAt };
  return {
    ...liveView(status),
    source: live && !ended ? 'run' : 'record',
    by: record.by.name, reason: record.reason, undoes: record.undoes, revision: record.revision, requestedAt: record.requestedAt, plan: record.plan,
  };
}

/** What can be shown of a live deployment while its record is out of reach. */
export function viewWithoutRecord(live: DeploymentStatus, plan: Plan | undefined): DeploymentView {
  return { ...liveView(live), source: 'run', by: null, reason: null, undoes: null, revision: null, requestedAt: null, plan: plan ?? null };
}

export function deploymentSummary(record: DeploymentRecord): DeploymentSummary {
  const { id, service, environment, strategy, version, phase, by, reason, undoes, requestedAt, endedAt } = record;
  return { id, service, environment, strategy, version, phase, by: by.name, reason, undoes, requestedAt, endedAt };
}
