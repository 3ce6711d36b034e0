import type { Cause } from '../../domain/deployment/status.js';
import type { RestoreEnd } from './restore-ending.js';
import { enter, failed, note, type RestoreRun, stepInput, tell } from './restore-run.js';

/** How long steps that were cancelled may take to end; a dead worker's heartbeat is missed by then. */
const JOIN_MS = 120_000;
const RETRY_MS = 15_000;
const LONGEST_RETRY_MS = 10 * 60_000;
const REMIND_EVERY_MS = 15 * 60_000;

/** Causes by which people gave up, as opposed to something that failed. */
const GIVEN_UP: readonly string[] = ['ABORTED', 'REJECTED', 'CANCELLED', 'GATE_TIMEOUT'];

/** Before the swap: nothing live was touched, the copy goes. After it: swapped back, or people are asked. @returns the phase it ends in */
export async function goBack(run: RestoreRun, why: Cause): Promise<RestoreEnd> {
  const { state, control, work } = run;
  run.answerHeld({ held: false, code: why.code, text: why.text, service: null });
  control.abortFor(why);
  enter(run, 'rolling-back');
  await work.joinAll({ ms: JOIN_MS, summary: 'join what was in flight' }, ['tell']);
  if (!state.swapBegun) {
    await allowWrites(run);
    return GIVEN_UP.includes(why.code) ? 'aborted' : 'failed';
  }
  await holdAgain(run);
  const end = await swapBack(run);
  await allowWrites(run);
  return end;
}

/** After the services were let go, a deployment may be live: the data is swapped under nobody. */
async function holdAgain(run: RestoreRun): Promise<void> {
  const { holds, state, work } = run;
  let toldAt = Number.NEGATIVE_INFINITY;
  for (;;) {
    const busy = await holds.take();
    if (busy === null) break;
    state.waitsFor = `the end of the deployment of ${busy}, before its data is swapped back`;
    work.runtime.changed();
    toldAt = remind(run, toldAt, state.waitsFor);
    await work.runtime.until(() => false, { ms: RETRY_MS, summary: `${busy} is being deployed` });
  }
  state.waitsFor = null;
  enter(run, 'rolling-back');
}

/** A mirrored swap that cannot be done is tried again for as long as it takes, or until a person says which data counts. */
async function swapBack(run: RestoreRun): Promise<RestoreEnd> {
  const { state, control, work } = run;
  let toldAt = Number.NEGATIVE_INFINITY;
  for (let pauseMs = RETRY_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_RETRY_MS)) {
    const outcome = await work.finish('swapBack', stepInput(run), 'swap back');
    if (outcome.ok) {
      state.live = 'old';
      note(run, outcome.value.detail);
      return 'rolled-back';
    }
    control.enter('attention');
    state.waitsFor = `a resolve: the data cannot be swapped back: ${failed(outcome)}`;
    enter(run, 'needs-attention');
    toldAt = remind(run, toldAt, state.waitsFor);
    await work.runtime.until(() => control.resolution !== null, { ms: pauseMs, summary: 'next try to swap back' });
    if (control.resolution) return resolved(run, control.resolution);
  }
}

/** People looked, and said which data is live: it stays as it is. */
function resolved(run: RestoreRun, { live, by }: { readonly live: 'old' | 'restored'; readonly by: string }): RestoreEnd {
  run.state.waitsFor = null;
  run.state.live = live;
  note(run, `${by} named the ${live} data as live; what else is there was left for people to drop`);
  run.state.leaveAll = true;
  return live === 'old' ? 'rolled-back' : 'succeeded';
}

async function allowWrites(run: RestoreRun): Promise<void> {
  if (!run.state.quiesced) return;
  const outcome = await run.work.finish('unquiesce', stepInput(run), 'allow writes again');
  if (outcome.ok) run.state.quiesced = false;
  else note(run, `writes could not be allowed again: ${failed(outcome)}; do it by hand`);
}

function remind(run: RestoreRun, toldAt: number, reason: string): number {
  const now = run.work.runtime.now();
  if (now - toldAt < REMIND_EVERY_MS) return toldAt;
  tell(run, 'needs-attention', `restore ${run.state.input.restore} waits for ${reason}`);
  return now;
}
