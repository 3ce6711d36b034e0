import { formatDuration } from '../duration.js';
import type { Plan } from './plan.js';

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
  const { protect, candidate } = plan;
  if (!protect) return [];
  const { expand, contract } = protect.migrate;
  const behind = contract?.gate ? `, behind the gate ${contract.gate.name}` : '';
  return [
    ...(expand ? [expandAhead(plan)] : []),
    ...(protect.backups.length > 0 ? [`What ${candidate.version} writes, from its first request on, is lost by a restore of the backup made before it.`] : []),
    ...(contract ? [`The migration contract runs once the old release is retired${behind}; it cannot be undone.`] : []),
  ];
}

function expandAhead({ protect, candidate, stable }: Plan): string {
  if (protect?.migrate.revert) return 'An abort takes the migration expand back by revert, once the candidate is stopped.';
  const why = candidate.version === stable?.version ? `${candidate.version} is live and needs it` : 'no revert is declared';
  return `The migration expand is not taken back by an abort: ${why}.`;
}
