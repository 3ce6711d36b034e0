import { approvalsWanted, openGate } from '../../domain/deployment/gate.js';
import { contractFailed, contractPending } from '../../domain/deployment/follow-up.js';
import { contractStep, gateAddress, type PlanGate } from '../../domain/deployment/plan.js';
import { formatDuration } from '../../domain/duration.js';
import { followUp } from './following-up.js';
import { failureText, mark, startMigration } from './migrating.js';
import { retireSlot } from './retiring.js';
import type { Run } from './run.js';

/**
 * Takes away what only the old release needed. The roles have changed, so nothing goes back: whatever happens here, the deployment has
 * succeeded, and what was not done is left to people by name.
 */
export async function contract(run: Run): Promise<void> {
  const { plan } = run.state;
  const declared = plan.protect?.migrate.contract;
  if (!declared) return;
  run.control.enterContract(contractStep(plan));
  run.setPhase('contracting');
  const against = (await oldStillRuns(run)) ?? (declared.gate ? await decidedAgainst(run, declared.gate) : null);
  if (against !== null) {
    mark(run, 'contract', 'skipped');
    return followUp(run, contractPending(plan, against));
  }
  mark(run, 'contract', 'running');
  const why = failureText(await run.finish(startMigration(run, 'contract')));
  mark(run, 'contract', why === null ? 'done' : 'failed');
  if (why === null) run.milestone('contracted');
  else followUp(run, contractFailed(plan, why));
}

async function oldStillRuns(run: Run): Promise<string | null> {
  const { state } = run;
  if (state.first || state.data.stopped === state.stableSlot) return null;
  await retireSlot(run, state.stableSlot, state.opened.stableInstances);
  return state.data.stopped === state.stableSlot ? null : `the old release in ${state.stableSlot} could not be stopped, and may still need it`;
}

/** @returns why it is not to be run; null when people, or the time, let it go on. */
async function decidedAgainst(run: Run, gate: PlanGate): Promise<string | null> {
  const { control, runtime, state } = run;
  const address = gateAddress(contractStep(state.plan), gate.name);
  const wanted = approvalsWanted(gate);
  const reason = `${state.plan.candidate.version} is live; the migration contract cannot be undone`;
  mark(run, 'contract', 'waiting');
  return run.waiting(`gate ${address}: ${wanted}`, async () => {
    for (;;) {
      control.open(openGate(address, gate, runtime.now(), reason));
      run.tell('gate-opened', `Gate ${address} waits for ${wanted}: ${reason}`);
      const deadline = { ms: gate.timeoutMs, summary: `gate ${address}, at most ${formatDuration(gate.timeoutMs)}` };
      const decided = await runtime.until(() => control.hasPassed(address) || control.refusedBy(address) !== null, deadline);
      if (!decided && gate.onTimeout === 'remind') continue;
      if (!decided && gate.onTimeout === 'proceed') run.note(`gate ${address}: nobody decided in time, so it went on`);
      const against = decided ? control.refusedBy(address) : gate.onTimeout === 'abort' ? `nobody decided gate ${address} in ${formatDuration(gate.timeoutMs)}` : null;
      control.close(address);
      return against;
    }
  });
}
