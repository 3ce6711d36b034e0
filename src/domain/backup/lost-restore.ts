import { firstRestoreStatus } from './first-statuses.js';
import { whereLeft } from './leftovers.js';
import type { RestorePlan } from './plan.js';
import type { RestoreRecord } from './record.js';
import type { RestoreStatus } from './restore-status.js';

/**
 * The last status of a restore whose workflow is gone: what was known of it, ended as `lost`.
 *
 * @param ran whether a run had begun. Then nobody knows how far it came: records are written at few points.
 */
export function lostRestoreStatus(record: RestoreRecord, { text, at, ran }: { readonly text: string; readonly at: string; readonly ran: boolean }): RestoreStatus {
  const { id, plan } = record;
  const known = record.status ?? firstRestoreStatus({ restore: id, plan }, record.requestedAt);
  return {
    ...known, phase: 'lost', paused: false, waitsFor: null, held: [], gates: [], canAbort: false, endedAt: at,
    live: ran && !plan.dryRun ? 'unknown' : known.live, cause: { code: 'LOST', by: 'slipway', text: ran ? `${text} ${advice(plan, id)}` : text },
  };
}

function advice(plan: RestorePlan, restore: string): string {
  if (plan.dryRun) return `Its copy may be left: ${whereLeft(plan.source, restore)}.`;
  const writes = plan.source.restore.quiesce ? ' Writes may still be stopped: allow them again.' : '';
  return `Look which data is live, and what is left beside it: ${whereLeft(plan.source, restore)}.${writes}`;
}
