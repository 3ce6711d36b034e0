import type { Proof } from '../../domain/backup/restore-status.js';
import { ASKING_GATE, openGate } from '../../domain/deployment/gate.js';
import { changeText, whyUnproven } from '../../domain/backup/proof-text.js';
import type { Cause } from '../../domain/deployment/status.js';
import { formatDuration } from '../../domain/duration.js';
import { Halt } from '../sequence/work.js';
import { endRestore, type RestoreEnd } from './restore-ending.js';
import { goBack } from './restore-going-back.js';
import { protect } from './restore-protecting.js';
import { enter, holdWhilePaused, note, type RestoreRun, stepInput, tell, waitFor } from './restore-run.js';

/**
 * One restore from the claim to the end. Knows nothing of Temporal.
 * Until the swap nothing that is live is touched; after it a failure swaps back, until the data that was replaced is dropped.
 */
export async function bringBack(run: RestoreRun): Promise<RestoreEnd> {
  const { plan } = run.state.input;
  try {
    await begin(run);
    await protect(run);
    await copyAndProve(run);
    if (!plan.dryRun) await swapIn(run);
    if (!run.control.closeAborts()) throw new Halt(run.control.abort ?? { code: 'ABORTED', by: 'slipway', text: 'aborted' });
  } catch (error) {
    if (!(error instanceof Halt)) throw error;
    run.state.cause = error.why;
    return endRestore(run, await goBack(run, error.why));
  }
  return endRestore(run, 'succeeded');
}

/** Holds every service that declares the source, or gives up at once: whoever asked waits for this answer. */
async function begin(run: RestoreRun): Promise<void> {
  const { state, work, holds } = run;
  const { plan, restore } = state.input;
  enter(run, 'holding');
  await work.act('claimRestore', { restore }, 'claim the restore');
  const busy = await holds.take();
  if (busy !== null) {
    const why = notHeld(run, busy);
    run.answerHeld({ held: false, ...why, service: busy });
    throw new Halt(why);
  }
  state.begun = true;
  state.milestone('held', work.runtime.now());
  run.answerHeld({ held: true });
  tell(run, 'restore-started', `${plan.source.name} of ${plan.service} in ${plan.environment} goes back to ${plan.backup.at}${plan.dryRun ? ' (dry run)' : ''}. ${plan.loss}`);
}

/** Which of the two it is, a workflow cannot ask; whoever asked for the restore can. */
function notHeld({ state }: RestoreRun, busy: string): Cause {
  return { code: 'DEPLOYMENT_LIVE', by: 'slipway', text: `${busy} in ${state.input.plan.environment} is being deployed, or held by another restore` };
}

async function copyAndProve(run: RestoreRun): Promise<void> {
  const { state, work } = run;
  await holdWhilePaused(run);
  enter(run, 'copying');
  state.copied = true;
  const { tookMs, swap: planned } = await work.act('copy', stepInput(run), `restore ${state.input.plan.backup.id} beside what is live`);
  state.took('copy', tookMs);
  if (!state.input.plan.dryRun) note(run, planned);
  enter(run, 'proving');
  const proof = await work.act('prove', { ...stepInput(run), compareLive: true, ...(state.safetyBackup !== null && { safetyBackup: state.safetyBackup }) }, 'compare the copy with what was backed up');
  state.proof = proof;
  noteWriters(run, proof);
  const why = whyUnproven(proof);
  if (why !== null) throw new Halt({ code: 'PROOF_FAILED', by: 'slipway', text: `the copy is not what was backed up: ${why}` });
}

/** Read-only is a default that a session may set aside, and a command may have missed a writer. */
function noteWriters(run: RestoreRun, { writtenSince = 0 }: Proof): void {
  if (run.state.writes === 'stopped' && writtenSince > 0) note(run, `writes were stopped, and yet ${writtenSince} items of what is live have changed since the safety backup: somebody writes all the same`);
}

async function swapIn(run: RestoreRun): Promise<void> {
  await askPeople(run);
  await swap(run);
  await verify(run);
  await keepOld(run);
}

/** The gate shows what would change, with what both sides hold. */
async function askPeople(run: RestoreRun): Promise<void> {
  const { state, control, work } = run;
  await holdWhilePaused(run);
  const gate = state.input.plan.source.restore.gate;
  if (!gate) return;
  enter(run, 'waiting');
  const reason = `swap in ${state.input.plan.backup.id}: ${state.proof ? changeText(state.proof) : 'nothing was proven'}`;
  for (;;) {
    control.open(openGate(gate.name, { ...ASKING_GATE, ...gate }, work.runtime.now(), reason));
    tell(run, 'gate-opened', `${gate.name}: ${reason}`);
    const passed = await waitFor(run, `approval of ${gate.name}`, () => control.gatePassed, { ms: gate.timeoutMs, summary: `gate ${gate.name}` });
    if (passed || gate.onTimeout === 'proceed') break;
    if (gate.onTimeout === 'abort') throw new Halt({ code: 'GATE_TIMEOUT', by: 'slipway', text: `nobody decided ${gate.name} in time` });
  }
  state.milestone('gatePassed', work.runtime.now());
  control.close();
  await holdWhilePaused(run);
}

async function swap(run: RestoreRun): Promise<void> {
  const { state, work, holds } = run;
  enter(run, 'swapping');
  // All are held still, unless somebody ended a hold from outside.
  const busy = await holds.take();
  if (busy !== null) throw new Halt(notHeld(run, busy));
  state.held = holds.services;
  state.swapBegun = true;
  const { tookMs, detail } = await work.act('swap', stepInput(run), 'swap the restored data in');
  state.live = 'restored';
  state.took('swap', tookMs);
  note(run, detail);
}

async function verify(run: RestoreRun): Promise<void> {
  const { state, work, holds } = run;
  enter(run, 'verifying');
  if (state.writes === 'stopped') {
    state.writes = 'unsure';
    await work.act('unquiesce', stepInput(run), 'allow writes again');
    state.writes = 'allowed';
  }
  const { notes } = await work.act('verifyApplication', { ...stepInput(run), applications: state.input.plan.applications }, 'health checks of what is live');
  for (const each of notes) state.note(each);
  await holds.release();
}

/** From here on the services can be deployed; the data that was replaced still waits for an abort. */
async function keepOld(run: RestoreRun): Promise<void> {
  const { state, control, work } = run;
  const { restore: { keepOldMs } } = state.input.plan.source;
  control.enter('keeping');
  enter(run, 'keeping');
  await work.act('recordRestore', { status: state.status(control) }, 'record that it is swapped');
  tell(run, 'restore-succeeded', `${state.input.plan.source.name} of ${state.input.plan.service} is what it was at ${state.input.plan.backup.at}; the data before is kept for ${formatDuration(keepOldMs)}`);
  await waitFor(run, `the end of keepOld after ${formatDuration(keepOldMs)}`, () => control.cutsShort, { ms: keepOldMs, summary: 'keepOld' });
}
