import { firstStatusOf } from './first-status.js';
import type { DeploymentRecord } from './record.js';
import type { DeploymentStatus } from './status.js';

/** The last status of a deployment whose workflow is gone: what was known of it, ended as `lost`. */
export function lostStatus(record: DeploymentRecord, text: string, at: string): DeploymentStatus {
  const known = record.status ?? firstStatusOf({ deployment: record.id, plan: record.plan }, record.requestedAt);
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
