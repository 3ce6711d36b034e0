import { restoreOffered, revertFailed } from '../../domain/deployment/follow-up.js';
import { whyExpandStays } from '../../domain/deployment/point-of-no-return.js';
import type { Phase } from '../../domain/deployment/status.js';
import { ContinueRun, REMIND_EVERY_MS } from './attention-loop.js';
import { followUp } from './following-up.js';
import { runMigration } from './migrating.js';
import { retireSlot } from './retiring.js';
import type { Run } from './run.js';

const AGAIN_FIRST_MS = 10_000;
const AGAIN_LONGEST_MS = 5 * 60_000;

/** The data after a way back: traffic is on stable and nobody waits for this. @returns the phase the run ends in. @throws ContinueRun */
export async function takeDataBack(run: Run): Promise<Phase> {
  const { plan } = run.state;
  if (hasExpanded(run) && !plan.protect?.migrate.revert) run.note(`expand has run, and what it made stays: ${whyExpandStays(plan)}`);
  else if (hasExpanded(run)) await takeExpandBack(run);
  return offerRestore(run);
}

/** The same where an earlier run of the deployment stopped. */
export async function resumeTakingBack(run: Run, why: string): Promise<Phase> {
  run.control.enter('attention');
  await leaveOrRepeat(run, why);
  return offerRestore(run);
}

/** Whether it began: however it ended, something may have changed. */
function hasExpanded({ state: { data } }: Run): boolean {
  const expand = data.protection?.migrations.expand;
  return expand !== undefined && expand !== 'ahead';
}

/** A person may end it from its first try on: one that waits for a lock would hold up everybody else's work until its timeout. */
async function takeExpandBack(run: Run): Promise<void> {
  const { control, runtime, state: { stableSlot } } = run;
  control.ask(stableSlot, runtime.now());
  const text = `the migration revert to end; traffic is on ${stableSlot}, and resolve {"slot": "${stableSlot}"} leaves the rest to people`;
  const why = await run.busy(text, () => revert(run));
  if (why === null) control.enter('none');
  else await leaveOrRepeat(run, why);
}

/** Only once the candidate is retired: until then it may still write. @returns why it could not be done; null when it was. */
async function revert(run: Run): Promise<string | null> {
  const { control, runtime, state } = run;
  // One that was cancelled on the way back still ends in its own time.
  await runtime.until(() => !run.isInFlight('migrate'));
  if (state.data.stopped !== state.candidateSlot) await retireSlot(run, state.candidateSlot, state.data.candidateInstances);
  if (state.data.stopped !== state.candidateSlot) return `slot ${state.candidateSlot} could not be stopped, and what runs there may still write`;
  const takenOverBy = (): string | undefined => control.resolution?.by;
  if (takenOverBy() !== undefined) return `${takenOverBy()} ended it before it began`;
  const { why, stopped } = await runMigration(run, 'revert', () => takenOverBy() !== undefined);
  if (why === null) run.milestone('reverted');
  return why !== null && stopped ? `${takenOverBy()} ended it while it ran` : why;
}

/** A failed one is left to the person who took it over, or tried again until one does. */
async function leaveOrRepeat(run: Run, first: string): Promise<void> {
  const { control, state } = run;
  const left = control.resolution ? first : await repeat(run, first);
  if (left !== null) followUp(run, revertFailed(state.plan, left, state.data.protection?.backups ?? []));
  control.enter('none');
  run.setPhase('rolling-back');
}

/** Traffic is on stable; the run says that the data is not, and tries again. @returns why it is left to a person; null when a try worked. */
async function repeat(run: Run, first: string): Promise<string | null> {
  const { control, state, runtime } = run;
  const slot = state.stableSlot;
  run.setPhase('needs-attention');
  run.note(`needs attention: revert: ${first}`);
  return run.waiting(`needs attention: the migration revert failed, traffic is on ${slot}; tried again, or ended by resolve {"slot": "${slot}"}`, async () => {
    let why = first;
    let toldAt = Number.NEGATIVE_INFINITY;
    for (let pauseMs = AGAIN_FIRST_MS; ; pauseMs = Math.min(2 * pauseMs, AGAIN_LONGEST_MS)) {
      if (runtime.now() - toldAt >= REMIND_EVERY_MS) {
        run.tell('needs-attention', `traffic is on ${slot}; the migration revert failed: ${why}`);
        toldAt = runtime.now();
      }
      if (await runtime.until(() => control.resolution !== null, { ms: pauseMs, summary: 'next try of revert' })) return why;
      if (runtime.shouldContinue()) await continueRun(run, why);
      const again = await revert(run);
      if (again === null) return null;
      if (control.resolution === null) why = again;
      run.state.note(`revert failed again: ${why}`);
    }
  });
}

/** An answer that comes while the last notices go out is carried, and counts in the next run. */
async function continueRun(run: Run, why: string): Promise<never> {
  await run.work.joinAll({ ms: 30_000, summary: 'notices before the run goes on in a new one' });
  throw new ContinueRun('revert', why);
}

/** Restoring is never automatic, and the deployment does not wait for it. A revert that worked brings back the schema, not what was in it. */
function offerRestore(run: Run): Phase {
  const { data, plan, deployment } = run.state;
  const backups = data.protection?.backups ?? [];
  if ((data.moved || hasExpanded(run)) && backups.length > 0) followUp(run, restoreOffered(plan, deployment, backups, run.runtime.now()));
  return data.moved ? 'rolled-back' : 'aborted';
}
