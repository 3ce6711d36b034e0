import type { RestorePhase } from '../../domain/backup/restore-status.js';
import { enter, failed, note, type RestoreRun, stepInput, tell } from './restore-run.js';

export type RestoreEnd = Extract<RestorePhase, 'succeeded' | 'rolled-back' | 'aborted' | 'failed'>;

const LAST_NOTICES = { ms: 30_000, summary: 'last notices' };

/** Drops what is not live any more, lets the services go, records and tells. @returns the phase */
export async function endRestore(run: RestoreRun, phase: RestoreEnd): Promise<RestoreEnd> {
  const { state, control, work, holds } = run;
  await drop(run, phase);
  await holds.release();
  withdrawSafety(run);
  control.enter('ended');
  state.waitsFor = null;
  state.endedAtMs = work.runtime.now();
  enter(run, phase);
  await work.finish('recordRestore', { status: state.status(control) }, `record: ${phase}`);
  const kind = phase === 'succeeded' ? 'restore-succeeded' : 'restore-failed';
  // Whoever asked for one that found a deployment in its way has the answer.
  if (state.begun) tell(run, kind, sentence(run, phase));
  await work.joinAll(LAST_NOTICES);
  return phase;
}

/** A request that never got a run must not look like one that waits. What cannot be recorded soon the sweeper ends. */
function withdrawSafety({ state, work }: RestoreRun): void {
  const request = state.safetyRequest?.outcome;
  if (!request?.ok || state.safety?.began) return;
  const text = `restore ${state.input.restore} ended before it could begin, as another backup was running`;
  work.start('skipBackup', { backup: request.value.backup, text }, 'record that the safety backup was skipped');
}

/** Its failure is a note: what is left over harms nobody, and is named. */
async function drop(run: RestoreRun, phase: RestoreEnd): Promise<void> {
  const { state, work } = run;
  if (state.leaveAll) return;
  if (phase === 'succeeded' && state.swapBegun) {
    const outcome = await work.finish('dropOld', stepInput(run), 'drop the data that was replaced');
    if (!outcome.ok) note(run, `the data that was replaced could not be dropped: ${failed(outcome)}`);
  } else if (state.copied) {
    const outcome = await work.finish('dropCopy', stepInput(run), 'drop the copy');
    if (!outcome.ok) note(run, `the copy could not be dropped: ${failed(outcome)}`);
  }
}

export function sentence({ state }: RestoreRun, phase: RestoreEnd): string {
  const { plan, restore } = state.input;
  const what = `${plan.source.name} of ${plan.service} in ${plan.environment}`;
  if (phase === 'succeeded' && plan.dryRun) return `dry run ${restore}: backup ${plan.backup.id} of ${what} was restored beside what is live, and is equal to what was backed up`;
  const stopped = state.writes === 'allowed' ? '' : '; writes to it may still be stopped: allow them by hand';
  if (phase === 'succeeded') return `${what} is what it was at ${plan.backup.at}${stopped}`;
  const untouched = stopped ? 'the data that is live is what it was' : 'what is live was not touched';
  const left = phase === 'rolled-back' ? 'the data from before is live again' : untouched;
  return `restore ${restore} of ${what} ended ${phase}: ${state.cause?.text ?? 'no reason is known'} (${state.cause?.code ?? 'INTERNAL'}); ${left}${stopped}`;
}
