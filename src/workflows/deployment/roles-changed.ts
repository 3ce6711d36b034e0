import { contractStep } from '../../domain/deployment/plan.js';
import { WHOLE } from '../../domain/share.js';
import { retireSlot } from './retiring.js';
import type { Run } from './run.js';

/** Every router instance names the candidate's slot as stable: the old release is drained and stopped. @returns what keeps the run from its end, see `retireSlot`; null: nothing. */
export async function rolesChanged(run: Run): Promise<string | null> {
  const { state } = run;
  state.data.rolesChanged = true;
  state.data.share = 0;
  state.data.split = { blue: 0, green: 0, [state.candidateSlot]: WHOLE };
  run.milestone('rolesChanged');
  // From here on an abort means the contract: people may say so before it begins.
  if (state.plan.protect?.migrate.contract) run.control.enterContract(contractStep(state.plan));
  run.setPhase('retiring');
  return state.first ? null : retireSlot(run, state.stableSlot, state.opened.stableInstances);
}
