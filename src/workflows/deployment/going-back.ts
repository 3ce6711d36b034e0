import type { Cause, Phase } from '../../domain/deployment/status.js';
import type { ShiftResult } from '../../domain/deployment/steps.js';
import type { RouterEntry } from '../../domain/router/entry.js';
import { attend } from './attention-loop.js';
import { retireSlot } from './retiring.js';
import type { Run } from './run.js';
import type { Watched } from './watched.js';

const SHIFT_TIMEOUT_MS = 10_000;
/** How long steps that were cancelled may take to end; a dead worker's heartbeat is missed by then. */
const JOIN_MS = 90_000;

/** Causes by which people or the run itself gave up the candidate, as opposed to a candidate that turned out bad. */
const GIVEN_UP: readonly string[] = ['ABORTED', 'REJECTED', 'CANCELLED', 'GATE_TIMEOUT'];

/**
 * Traffic first, everything else after: shift to stable at once, join what was in flight, shift again where that may have written in between,
 * and only when every router instance shows 0 drain and stop the candidate.
 *
 * @returns the phase it ends in.
 */
export async function goBack(run: Run, watched: Watched, why: Cause): Promise<Phase> {
  run.control.abortFor(why);
  const { data } = run.state;
  data.cause = run.control.abort ?? why;
  run.control.enter('none');
  run.setPhase('rolling-back');
  watched.stop();
  run.cancelSteps();
  if (!data.moved) return withoutTraffic(run);
  if (run.state.first && run.state.plan.firstFailure === 'hold' && !GIVEN_UP.includes(data.cause.code)) return holdFirst(run);
  const uncertain = data.confirmed !== run.state.lastGeneration;
  let shifted = await shiftBack(run);
  await run.work.joinAll({ ms: JOIN_MS, summary: 'join what was in flight' }, ['notify']);
  for (const note of watched.lastNotes()) run.note(note);
  if (uncertain) shifted = await shiftBack(run);
  return afterShift(run, shifted);
}

async function afterShift(run: Run, shifted: ShiftResult): Promise<Phase> {
  if (shifted.outcome !== 'done') return attend(run, 'stable', shifted.detail);
  run.milestone('backToStable');
  const lacking = await retireSlot(run, run.state.candidateSlot, run.state.data.candidateInstances);
  return lacking === null ? 'rolled-back' : attend(run, 'stable', lacking);
}

async function withoutTraffic(run: Run): Promise<Phase> {
  await run.work.joinAll({ ms: JOIN_MS, summary: 'join what was in flight' }, ['notify']);
  if (run.state.data.opened) await retireSlot(run, run.state.candidateSlot, run.state.data.candidateInstances);
  return 'aborted';
}

/** A first release that went bad after its switch: there is nothing to go back to, so people decide. */
async function holdFirst(run: Run): Promise<Phase> {
  await run.work.joinAll({ ms: JOIN_MS, summary: 'join what was in flight' }, ['notify']);
  const why = run.state.data.cause?.text ?? 'no cause is known';
  return attend(run, null, `the first release went bad after its switch, and there is nothing to go back to: ${why}`);
}

export async function shiftBack(run: Run): Promise<ShiftResult> {
  const { state, control, place } = run;
  const pull = state.pullable();
  const entry: RouterEntry = state.entry(0, 'settled');
  const outcome = await run.finish('shift', {
    ...place, entry, base: state.opened.entry.generation, except: control.dropped, pull, timeoutMs: SHIFT_TIMEOUT_MS, direction: 'back',
    serving: state.first ? null : { instances: state.opened.stableInstances, plan: state.plan },
  }, 'shift everything to stable');
  const result: ShiftResult = outcome.ok ? outcome.value : { outcome: 'unreached', split: null, unreached: [], restored: [], detail: outcome.text };
  for (const text of result.restored) run.note(text);
  if (result.split) {
    state.data.share = 0;
    // A watch's word of an earlier shift that comes late is old news from now on.
    state.data.confirmed = entry.generation;
    state.data.split = result.split;
    run.runtime.changed();
  }
  return result;
}
