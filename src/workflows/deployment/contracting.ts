import { contractFailed, contractPending, contractStopped } from '../../domain/deployment/follow-up.js';
import { contractStep, gateAddress, type PlanGate } from '../../domain/deployment/plan.js';
import type { Cause } from '../../domain/deployment/status.js';
import { followUp } from './following-up.js';
import { nobodyDecided, standAtGate } from './gate.js';
import { mark, runMigration } from './migrating.js';
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
  run.setPhase('contracting');
  const against = unwanted(run) ?? (await oldStillRuns(run)) ?? (declared.gate && (await nobodyWants(run, declared.gate))) ?? unwanted(run);
  if (against === null) return carryOut(run);
  mark(run, 'contract', 'skipped');
  followUp(run, contractPending(plan, against));
}

/** People may end it: one that waits for a lock would hold up everybody else's work until its timeout. */
async function carryOut(run: Run): Promise<void> {
  const { control, state: { plan } } = run;
  await run.busy('the migration contract to end; an abort stops it where it is, and nothing goes back', async () => {
    const { why, stopped } = await runMigration(run, 'contract', () => control.contractStopped !== null);
    if (why === null) run.milestone('contracted');
    else followUp(run, stopped && control.contractStopped ? contractStopped(plan, saidBy(control.contractStopped)) : contractFailed(plan, why));
  });
}

/** Why it is not to be run, as far as people have said; null while they have not. */
function unwanted({ control, state: { data, plan } }: Run): string | null {
  if (control.contractStopped) return saidBy(control.contractStopped);
  if (!data.overruled) return null;
  return `it was going back (${data.overruled.code}: ${data.overruled.text}) when a person named ${plan.candidate.version} as what serves: be sure first that it stays`;
}

function saidBy({ by, text }: Cause): string {
  return `${by}: ${text}`;
}

async function oldStillRuns(run: Run): Promise<string | null> {
  const { state } = run;
  if (state.first || state.data.stopped === state.stableSlot) return null;
  await retireSlot(run, state.stableSlot, state.opened.stableInstances);
  return state.data.stopped === state.stableSlot ? null : `the old release in ${state.stableSlot} could not be stopped, and may still need it`;
}

/** Waits at its gate. @returns what the time decided against it; null when people decided, or the time lets it go on. */
async function nobodyWants(run: Run, gate: PlanGate): Promise<string | null> {
  const { control, runtime, state: { plan } } = run;
  const address = gateAddress(contractStep(plan), gate.name);
  const asked = { gate, address, reason: `${plan.candidate.version} is live; the migration contract cannot be undone` };
  mark(run, 'contract', 'waiting');
  const goesOn = await standAtGate(run, asked, (deadline) => runtime.until(() => control.hasPassed(address) || control.contractStopped !== null, deadline));
  return goesOn ? null : nobodyDecided(asked);
}
