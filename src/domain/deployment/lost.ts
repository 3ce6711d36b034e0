import type { DeploymentRecord } from './record.js';
import type { DeploymentStatus } from './status.js';

/** The last status of a deployment whose workflow is gone: what was known of it, ended as `lost`. */
export function lostStatus(record: DeploymentRecord, text: string, at: string): DeploymentStatus {
  const known = record.status ?? firstStatus(record);
  return {
    ...known,
    phase: 'lost',
    paused: false,
    waitsFor: null,
    gates: [],
    canAbort: false,
    cause: { code: 'LOST', by: 'slipway', text },
    endedAt: at,
  };
}

function firstStatus(record: DeploymentRecord): DeploymentStatus {
  const { id, service, environment, strategy, version, plan } = record;
  return {
    deployment: id, service, environment, strategy, version,
    stableVersion: plan.stable?.version ?? null,
    phase: 'requested',
    paused: false,
    waitsFor: null,
    step: 0,
    steps: plan.steps.length,
    split: null,
    stableSlot: null,
    gates: [],
    verdicts: [],
    canAbort: false,
    cause: null,
    notes: [],
    milestones: {},
    timings: { progressingMs: 0, waitingMs: 0 },
    breachToZeroMs: null,
    startedAt: record.requestedAt,
    endedAt: null,
  };
}
