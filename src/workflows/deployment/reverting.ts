import { restoreOffered, revertFailed } from '../../domain/deployment/follow-up.js';
import type { Plan } from '../../domain/deployment/plan.js';
import type { Phase } from '../../domain/deployment/status.js';
import { ContinueRun, REMIND_EVERY_MS } from './attention-loop.js';
import { followUp } from './following-up.js';
import { failureText, mark, startMigration } from './migrating.js';
import { retireSlot } from './retiring.js';
import type { Run } from './run.js';

const AGAIN_FIRST_MS = 10_000;
const AGAIN_LONGEST_MS = 5 * 60_000;

/** The data after a way back: traffic is on stable and nobody waits for this. @returns the phase the run ends in. @throws ContinueRun */
export async function takeDataBack(run: Run): Promise<Phase> {
  const { protect } = run.state.plan;
  const expanded = protect?.migrate.expand && run.state.data.protection?.migrations.expand !== 'ahead';
  if (expanded && !protect.migrate.revert) run.note(expandStays(run.state.plan));
  else if (expanded) {
    const why = await revert(run);
    if (why !== null) {
      run.control.ask(run.state.stableSlot, run.runtime.now());
      await attendRevert(run, why);
    }
  }
  return offerRestore(run);
}

function expandStays({ candidate, stable }: Plan): string {
  const why = candidate.version === stable?.version ? `${candidate.version} is live and needs it` : 'no revert is declared';
  return `expand has run, and what it made stays: ${why}`;
}

/** The same where an earlier run of the deployment stopped. */
export async function resumeTakingBack(run: Run, why: string): Promise<Phase> {
  run.control.enter('attention');
  await attendRevert(run, why);
  return offerRestore(run);
}

/** Only once the candidate is retired: until then it may still write. @returns why it could not be done; null when it was. */
async function revert(run: Run): Promise<string | null> {
  const { state } = run;
  const answered = (): boolean => run.control.resolution !== null && run.control.attention?.only !== undefined;
  // One that was cancelled on the way back still ends in its own time.
  await run.runtime.until(() => !run.isInFlight('migrate'));
  if (state.data.stopped !== state.candidateSlot) await retireSlot(run, state.candidateSlot, state.data.candidateInstances);
  if (state.data.stopped !== state.candidateSlot) return `slot ${state.candidateSlot} could not be stopped, and what runs there may still write`;
  mark(run, 'revert', 'running');
  const task = startMigration(run, 'revert');
  await run.runtime.until(() => task.outcome !== undefined || answered());
  if (!task.outcome) task.cancel();
  await run.finish(task);
  const why = failureText(task.outcome);
  mark(run, 'revert', why === null ? 'done' : 'failed');
  if (why === null) run.milestone('reverted');
  return why;
}

/** Traffic is on stable; the run says that the data is not, tries again, and ends when that helps or a person has taken it over. */
async function attendRevert(run: Run, first: string): Promise<void> {
  const { control, state, runtime } = run;
  const slot = state.stableSlot;
  run.setPhase('needs-attention');
  run.note(`needs attention: revert: ${first}`);
  await run.waiting(`needs attention: the migration revert failed, traffic is on ${slot}; tried again, or ended by resolve {"slot": "${slot}"}`, async () => {
    let why = first;
    let toldAt = Number.NEGATIVE_INFINITY;
    for (let pauseMs = AGAIN_FIRST_MS; ; pauseMs = Math.min(2 * pauseMs, AGAIN_LONGEST_MS)) {
      if (runtime.now() - toldAt >= REMIND_EVERY_MS) {
        run.tell('needs-attention', `traffic is on ${slot}; the migration revert failed: ${why}`);
        toldAt = runtime.now();
      }
      const answered = await runtime.until(() => control.resolution !== null, { ms: pauseMs, summary: 'next try of revert' });
      if (answered) return followUp(run, revertFailed(state.plan, why, state.data.protection?.backups ?? []));
      if (runtime.shouldContinue()) await continueRun(run, why);
      const again = await revert(run);
      if (again === null) return undefined;
      if (control.resolution === null) why = again;
      run.state.note(`revert failed again: ${why}`);
    }
  });
  control.enter('none');
  run.setPhase('rolling-back');
}

/** An answer that comes while the last notices go out is carried, and counts in the next run. */
async function continueRun(run: Run, why: string): Promise<never> {
  await run.joinAll({ ms: 30_000, summary: 'notices before the run goes on in a new one' });
  throw new ContinueRun('revert', why);
}

/** Restoring is never automatic, and the deployment does not wait for it. */
function offerRestore(run: Run): Phase {
  const { data, plan, deployment } = run.state;
  const { backups, migrations } = data.protection ?? { backups: [], migrations: {} };
  const spoiled = data.moved || migrations.revert === 'failed';
  if (spoiled && backups.length > 0) followUp(run, restoreOffered(plan, deployment, backups, run.runtime.now()));
  return data.moved ? 'rolled-back' : 'aborted';
}
