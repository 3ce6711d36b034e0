import { whereLeft } from '../../domain/backup/leftovers.js';
import type { RestorePhase } from '../../domain/backup/restore-status.js';
import { type Attempts, keepTrying } from './keep-trying.js';
import { enter, note, type RestoreRun } from './restore-run.js';

export type RestoreEnd = Extract<RestorePhase, 'succeeded' | 'rolled-back' | 'aborted' | 'failed'>;

const DROP_WITHIN_MS = 24 * 60 * 60_000;
/** Of receivers who were away. The end, which says the same and more, is told apart and tried for a day. */
const ON_THE_WAY = { ms: 5_000, summary: 'what was told on the way' };

/** Lets the services go, drops what is not live any more, records and tells. @returns the phase */
export async function endRestore(run: RestoreRun, phase: RestoreEnd): Promise<RestoreEnd> {
  const { state, control, work, holds } = run;
  await holds.release();
  state.held = holds.services;
  await drop(run, phase);
  withdrawSafety(run);
  control.enter('ended');
  state.waitsFor = null;
  state.endedAtMs = work.runtime.now();
  enter(run, phase);
  await work.finish('recordRestore', { status: state.status(control) }, `record: ${phase}`);
  const kind = phase === 'succeeded' ? 'restore-succeeded' : 'restore-failed';
  // Whoever asked for one that found a deployment in its way has the answer.
  if (state.begun) await run.tellApart({ plan: state.input.plan, run: state.input.restore, kind, text: sentence(run, phase) });
  await work.joinAll(ON_THE_WAY);
  return phase;
}

/** A request that never got a run must not look like one that waits. What cannot be recorded soon the sweeper ends. */
function withdrawSafety({ state, work }: RestoreRun): void {
  const request = state.safetyRequest?.outcome;
  if (!request?.ok || state.safety?.began) return;
  const text = `restore ${state.input.restore} ended before it could begin, as another backup was running`;
  work.start('skipBackup', { backup: request.value.backup, text }, 'record that the safety backup was skipped');
}

async function drop(run: RestoreRun, phase: RestoreEnd): Promise<void> {
  const { state } = run;
  if (state.leaveAll) return;
  if (phase === 'succeeded' && state.swapBegun) await dropOrName(run, { step: 'dropOld', summary: 'drop the data that was replaced', trouble: 'the data that was replaced cannot be dropped' });
  else if (state.copied) await dropOrName(run, { step: 'dropCopy', summary: 'drop the copy', trouble: 'the copy cannot be dropped' });
}

/** What is left over harms nobody but the disk: after a day it is named, and people drop it. */
async function dropOrName(run: RestoreRun, attempts: Attempts<'dropOld' | 'dropCopy'>): Promise<void> {
  const { state } = run;
  const tried = await keepTrying(run, { ...attempts, withinMs: DROP_WITHIN_MS });
  if (tried.end === 'done') return;
  state.leftOver = whereLeft(state.input.plan.source, state.input.restore);
  note(run, tried.end === 'resolved' ? `${tried.by.by} drops by hand what is left: ${state.leftOver}` : `${attempts.trouble}: ${tried.why}; it is left for people: ${state.leftOver}`);
}

/** For people: how it ended, and what they must see to. */
export function sentence(run: RestoreRun, phase: RestoreEnd): string {
  const { writes, leftOver } = run.state;
  return [
    endOf(run, phase),
    ...(writes === 'allowed' ? [] : ['writes to it may still be stopped: allow them by hand']),
    ...(leftOver === null ? [] : [`left over to drop: ${leftOver}`]),
  ].join('; ');
}

function endOf({ state }: RestoreRun, phase: RestoreEnd): string {
  const { plan, restore } = state.input;
  const what = `${plan.source.name} of ${plan.service} in ${plan.environment}`;
  if (phase === 'succeeded' && plan.dryRun) return `dry run ${restore}: backup ${plan.backup.id} of ${what} was restored beside what is live, and is equal to what was backed up`;
  if (phase === 'succeeded') return `${what} is what it was at ${plan.backup.at}`;
  const untouched = state.writes === 'allowed' ? 'what is live was not touched' : 'the data that is live is what it was';
  const left = phase === 'rolled-back' ? 'the data from before is live again' : untouched;
  return `restore ${restore} of ${what} ended ${phase}: ${state.cause?.text ?? 'no reason is known'} (${state.cause?.code ?? 'INTERNAL'}); ${left}`;
}
