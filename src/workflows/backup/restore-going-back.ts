import { whereLeft } from '../../domain/backup/leftovers.js';
import type { Resolution } from '../../domain/backup/restore-control.js';
import type { Cause } from '../../domain/deployment/status.js';
import { keepTrying, Patience } from './keep-trying.js';
import type { RestoreEnd } from './restore-ending.js';
import { enter, note, type RestoreRun } from './restore-run.js';

/** How long steps that were cancelled may take to end; a dead worker's heartbeat is missed by then. */
const JOIN_MS = 120_000;

/** Causes by which people gave up, as opposed to something that failed. */
const GIVEN_UP: readonly string[] = ['ABORTED', 'REJECTED', 'CANCELLED', 'GATE_TIMEOUT'];

/** Before the swap: nothing live was touched, the copy goes. After it: swapped back, or people are asked. Writes are allowed again in the end. @returns the phase it ends in */
export async function goBack(run: RestoreRun, why: Cause): Promise<RestoreEnd> {
  const { state, control, work } = run;
  run.answerHeld({ held: false, code: why.code, text: why.text, service: null });
  control.abortFor(why);
  enter(run, 'rolling-back');
  await work.joinAll({ ms: JOIN_MS, summary: 'join what was in flight' }, ['tell']);
  const end = state.swapBegun ? await goBackPastSwap(run) : GIVEN_UP.includes(why.code) ? 'aborted' : 'failed';
  await allowWrites(run);
  return end;
}

async function goBackPastSwap(run: RestoreRun): Promise<RestoreEnd> {
  await holdAgain(run);
  const resolution = (await stopWrites(run)) ?? (await swapBack(run));
  return resolution ? resolved(run, resolution) : 'rolled-back';
}

/** After the services were let go, a deployment may be live: the data is swapped under nobody. */
async function holdAgain(run: RestoreRun): Promise<void> {
  const patience = new Patience(run);
  for (let busy = await run.holds.take(); busy !== null; busy = await run.holds.take(busy)) {
    await patience.pause(`the end of the deployment of ${busy}, before its data is swapped back`, () => false);
  }
  run.state.held = run.holds.services;
  run.work.runtime.changed();
}

/** What may not be swapped in under writers may not be swapped back under them either. @returns a person's word, when it ended by that */
async function stopWrites(run: RestoreRun): Promise<Resolution | null> {
  const { state } = run;
  if (!state.input.plan.source.restore.quiesce || state.writes === 'stopped') return null;
  state.writes = 'unsure';
  const tried = await keepTrying(run, { step: 'quiesce', summary: 'stop writes', trouble: 'writes cannot be stopped, so the data is not swapped back' });
  if (tried.end === 'done') state.writes = 'stopped';
  return tried.end === 'resolved' ? tried.by : null;
}

/** @returns a person's word, when it ended by that */
async function swapBack(run: RestoreRun): Promise<Resolution | null> {
  const tried = await keepTrying(run, { step: 'swapBack', summary: 'swap back', trouble: 'the data cannot be swapped back', first: () => holdAgain(run) });
  if (tried.end === 'done') {
    run.state.live = 'old';
    note(run, tried.value.detail);
  }
  return tried.end === 'resolved' ? tried.by : null;
}

/** People looked, and said which data is live: it stays as it is. */
function resolved({ state }: RestoreRun, { live, by }: Resolution): RestoreEnd {
  state.live = live;
  state.leaveAll = true;
  state.leftOver = whereLeft(state.input.plan.source, state.input.restore);
  state.note(`${by} named the ${live} data as live; what else is there was left for people to drop: ${state.leftOver}`);
  return live === 'old' ? 'rolled-back' : 'succeeded';
}

async function allowWrites(run: RestoreRun): Promise<void> {
  const { state } = run;
  if (state.writes === 'allowed') return;
  const tried = await keepTrying(run, { step: 'unquiesce', summary: 'allow writes again', trouble: 'writes cannot be allowed again' });
  if (tried.end === 'done') state.writes = 'allowed';
  if (tried.end === 'resolved') note(run, `writes could not be allowed again; ${tried.by.by} sees to it`);
}
