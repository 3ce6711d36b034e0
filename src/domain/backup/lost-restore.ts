import type { RestoreRecord } from './record.js';
import type { RestoreStatus } from './restore-status.js';

/** The last status of a restore whose workflow is gone: what was known of it, ended as `lost`. */
export function lostRestoreStatus(record: RestoreRecord, text: string, at: string): RestoreStatus {
  const known = record.status ?? firstStatus(record);
  return {
    ...known, phase: 'lost', paused: false, waitsFor: null, held: [], gates: [], canAbort: false, cause: { code: 'LOST', by: 'slipway', text }, endedAt: at,
  };
}

function firstStatus({ id, service, environment, source, backup, plan, requestedAt }: RestoreRecord): RestoreStatus {
  return {
    restore: id, service, environment, source, backup, dryRun: plan.dryRun, phase: 'requested', paused: false, waitsFor: null, live: 'old', held: [],
    safetyBackup: null, proof: null, gates: [], canAbort: false, loss: plan.loss, pointOfNoReturn: plan.pointOfNoReturn, cause: null, notes: [],
    milestones: {}, tookMs: {}, startedAt: requestedAt, endedAt: null,
  };
}
