import { formatDuration } from '../duration.js';
import type { Plan } from './plan.js';
import type { MigrationState, ProtectionStatus } from './status.js';

/** Where a run stands on its way. */
export interface Standpoint {
  readonly migrations: ProtectionStatus['migrations'];
  /** Every router instance names the candidate's slot as stable. */
  readonly rolesChanged: boolean;
  /** The write that does it was begun. */
  readonly rolesChange: boolean;
  readonly goesBack: boolean;
}

/** The same while it runs and when it has ended: what is crossed, what is ahead, and what still stops it. */
export function noReturnNow(plan: Plan, at: Standpoint): string {
  if (at.rolesChanged) return [`Passed for the traffic: ${plan.candidate.version} serves, and nothing goes back by itself.`, ...contractNow(plan, at)].join(' ');
  if (at.goesBack) return ['Not crossed: the traffic goes back.', ...expandNow(plan, at), ...writesLost(plan)].join(' ');
  if (at.rolesChange) return ['Being crossed: the roles change.', ...contractAhead(plan)].join(' ');
  return pointOfNoReturnOf(plan);
}

/** Until when it goes back as if nothing had been, and what does not go back with it, in words: before it starts. */
export function pointOfNoReturnOf(plan: Plan): string {
  return [trafficAhead(plan), ...dataAhead(plan)].join(' ');
}

function trafficAhead(plan: Plan): string {
  const after = plan.keepWarmMs > 0 ? `after ${formatDuration(plan.keepWarmMs)} at 100 %` : 'at once after 100 %';
  return plan.stable
    ? `The roles change ${after} (keepWarm); until then an abort goes back to ${plan.stable.version}, from then on undo the deployment instead.`
    : `The roles change ${after}; there is no release before this one to go back to.`;
}

function dataAhead(plan: Plan): readonly string[] {
  const { protect } = plan;
  if (!protect) return [];
  if (protect.backups.length === 0 && Object.keys(protect.migrate).length === 0) return ['An undo backs nothing up and migrates nothing.'];
  return [...(protect.migrate.expand ? [expandAhead(plan)] : []), ...writesLost(plan), ...contractAhead(plan)];
}

function expandAhead(plan: Plan): string {
  if (plan.protect?.migrate.revert) return 'An abort takes the migration expand back by revert, once the candidate is stopped.';
  return `The migration expand is not taken back by an abort: ${whyExpandStays(plan)}.`;
}

/** Of a plan without a revert. */
export function whyExpandStays({ candidate, stable }: Plan): string {
  return candidate.version === stable?.version ? `${candidate.version} is live and needs it` : 'no revert is declared';
}

function expandNow(plan: Plan, { migrations: { expand, revert } }: Standpoint): readonly string[] {
  if (expand === undefined || expand === 'ahead') return [];
  if (revert === undefined) return [`The migration expand is not taken back: ${whyExpandStays(plan)}.`];
  if (revert === 'done') return ['The migration expand was taken back by revert.'];
  if (revert === 'failed') return ['The migration revert failed: what expand made is still there.'];
  return ['The migration expand is taken back by revert, once the candidate is stopped.'];
}

function writesLost({ protect, candidate }: Plan): readonly string[] {
  if (!protect || protect.backups.length === 0) return [];
  return [`What ${candidate.version} writes, from its first request on, is lost by a restore of the backup made before it.`];
}

function contractAhead(plan: Plan): readonly string[] {
  const contract = plan.protect?.migrate.contract;
  if (!contract) return [];
  const behind = contract.gate ? `, behind the gate ${contract.gate.name}` : '';
  return [`The migration contract runs once the old release is retired${behind}; it cannot be undone: after it ${afterwards(plan)}.`];
}

const LEAVES = 'leaves the rest to people; nothing goes back.';

function contractNow(plan: Plan, { migrations: { contract } }: Standpoint): readonly string[] {
  const undo = plan.stable ? ['An undo is a new deployment.'] : [];
  if (contract === undefined) return undo;
  const said: Readonly<Record<MigrationState, readonly string[]>> = {
    ahead: [...contractAhead(plan), `An abort ${LEAVES}`],
    waiting: [`The migration contract waits for its gate, and cannot be undone: after it ${afterwards(plan)}. An approve runs it; a reject or an abort ${LEAVES}`],
    running: [`The migration contract runs, and cannot be undone: after it ${afterwards(plan)}. An abort stops it where it is and ${LEAVES}`],
    done: [`The migration contract has run: ${afterwards(plan)}.`],
    failed: [`The migration contract has run in part: ${afterwards(plan)}.`],
    skipped: ['The migration contract was not run.', ...undo],
  };
  return said[contract];
}

/** What stands behind a contract. */
function afterwards({ stable }: Plan): string {
  return `${stable ? stable.version : 'what came before'} may not be able to live with the data, and an undo is refused unless it is forced`;
}
