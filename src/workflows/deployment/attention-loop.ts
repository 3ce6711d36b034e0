import type { Phase } from '../../domain/deployment/status.js';
import type { AttendResult, StepInput } from '../../domain/deployment/steps.js';
import type { RouterEntry, Slot } from '../../domain/router/entry.js';
import { retireSlot } from './retiring.js';
import { rolesChanged } from './roles-changed.js';
import type { Run } from './run.js';

const READ_EVERY_MS = 5_000;
export const REMIND_EVERY_MS = 15 * 60_000;
const LAST_NOTICES = { ms: 30_000, summary: 'notices before the run goes on in a new one' };

/** Which slot the loop tries to leave as stable; null: nobody knows, a person decides. */
export type Goal = 'stable' | 'candidate' | null;

/** The run goes on in a new one: the history is long. Everything else is carried. */
export class ContinueRun extends Error {
  constructor(readonly goal: Goal | 'revert', readonly reason: string) {
    super('the run goes on in a new one');
    this.name = 'ContinueRun';
  }
}

/**
 * A live phase: the loop keeps trying, reads the routers every 5 s, says what it sees, tells people again, and ends by success or by `resolve`. What
 * keeps the run from its end after that brings it back here.
 *
 * @returns the phase the run ends in.
 * @throws ContinueRun
 */
export async function attend(run: Run, goal: Goal, reason: string): Promise<Phase> {
  for (let [toward, why] = [goal, reason]; ;) {
    const kept = await untilSettled(run, toward, why);
    const lacking = await leave(run, kept);
    if (lacking === null) return kept === 'candidate' ? 'succeeded' : 'rolled-back';
    [toward, why] = [kept, lacking];
  }
}

/** @returns which slot everything was left on. */
async function untilSettled(run: Run, goal: Goal, reason: string): Promise<'stable' | 'candidate'> {
  const { state, control } = run;
  control.enter('attention');
  run.setPhase('needs-attention');
  run.note(`needs attention: ${reason}`);
  return run.waiting(`needs attention: ${reason}; waits for a resolve`, async () => {
    let toldAt = Number.NEGATIVE_INFINITY;
    let toward = goal;
    let aim = aimOf(run, toward);
    for (;;) {
      toldAt = remind(run, toldAt, reason);
      const result = await look(run, aim);
      if (result?.shifted.outcome === 'done') return aim.slot === state.candidateSlot ? 'candidate' : 'stable';
      if (result?.shifted.outcome === 'pulled' && aim.mode === 'write') {
        // The roles change has not reached every instance, and a watch pulled: the mark stands, so it goes back.
        state.data.cause = { code: 'PULLED', by: 'watch', text: result.shifted.detail };
        toward = 'stable';
        aim = aimOf(run, toward);
      }
      if (run.runtime.shouldContinue()) {
        await run.work.joinAll(LAST_NOTICES);
        throw new ContinueRun(toward, reason);
      }
      await waitForNews(run, aim);
      if (control.resolution && !carriesOut(aim, control.resolution)) aim = aimAt(run, control.resolution.slot);
      // A bad first release has nothing to go back to: an abort gives it up, and nothing serves.
      else if (control.givenUp && aim.mode === 'read') aim = aimAt(run, state.stableSlot);
    }
  });
}

/** What the loop tries to write. */
interface Aim {
  readonly slot: Slot;
  readonly entry: RouterEntry;
  readonly mode: StepInput<'attend'>['mode'];
}

function aimOf(run: Run, goal: Goal): Aim {
  const { resolution } = run.control;
  if (resolution) return aimAt(run, resolution.slot);
  const { state } = run;
  const slot = goal === 'candidate' ? state.candidateSlot : state.stableSlot;
  const entry = goal === 'candidate' ? state.changedEntry() : state.entry(0, 'settled');
  return { slot, entry, mode: goal === null ? 'read' : goal === 'candidate' ? 'write' : 'try' };
}

function aimAt(run: Run, slot: Slot): Aim {
  const { state } = run;
  const entry = slot === state.candidateSlot ? state.changedEntry() : state.entry(0, 'settled');
  return { slot, entry, mode: 'force' };
}

/** People may decide anew for as long as their first decision could not be carried out. */
function carriesOut({ mode, slot }: Aim, resolution: { readonly slot: Slot }): boolean {
  return mode === 'force' && slot === resolution.slot;
}

async function look(run: Run, aim: Aim): Promise<AttendResult | undefined> {
  const { state, control, place } = run;
  const outcome = await run.finish('attend', {
    ...place, plan: state.plan, entry: aim.entry, base: state.opened.entry.generation, except: control.dropped, mode: aim.mode, stableSlot: state.stableSlot,
    stableInstances: state.opened.stableInstances, candidateInstances: state.data.candidateInstances,
  }, aim.mode === 'read' ? 'read routers and instances' : `read routers and instances, try to leave everything on ${aim.slot}`);
  if (!outcome.ok) return undefined;
  const { read, shifted } = outcome.value;
  control.sawInAttention(read);
  if (shifted.split) state.data.split = shifted.split;
  for (const text of shifted.restored) run.note(text);
  if (shifted.detail) run.state.note(shifted.detail);
  run.runtime.changed();
  return outcome.value;
}

async function waitForNews(run: Run, aim: Aim): Promise<void> {
  const { control } = run;
  const dropped = control.dropped.length;
  const news = (): boolean => (control.resolution !== null && !carriesOut(aim, control.resolution)) || control.dropped.length > dropped
    || (control.givenUp && aim.mode === 'read');
  await run.runtime.until(news, { ms: READ_EVERY_MS, summary: 'next read of the routers' });
}

function remind(run: Run, toldAt: number, reason: string): number {
  const now = run.runtime.now();
  if (now - toldAt < REMIND_EVERY_MS) return toldAt;
  run.tell('needs-attention', reason);
  return now;
}

/** @returns what keeps the run from its end all the same; null: nothing. */
async function leave(run: Run, goal: 'stable' | 'candidate'): Promise<string | null> {
  const { data } = run.state;
  const { resolution } = run.control;
  run.control.enter('none');
  if (goal === 'candidate') {
    // Whatever it was to go back for, it did not.
    if (data.cause) data.overruled = data.cause;
    data.cause = null;
    return rolesChanged(run);
  }
  if (resolution) data.cause ??= { code: 'ABORTED', by: resolution.by, text: `${resolution.by} named ${resolution.slot} as the slot that serves` };
  data.share = 0;
  data.rolesChanged = false;
  run.milestone('backToStable');
  run.setPhase('rolling-back');
  return retireSlot(run, run.state.candidateSlot, run.state.data.candidateInstances);
}
