import type { Phase } from '../../domain/deployment/status.js';
import { attend } from './attention-loop.js';
import { retireSlot } from './retiring.js';
import type { Run } from './run.js';
import type { Watched } from './watched.js';

const SHIFT_TIMEOUT_MS = 10_000;

/** One router write names the new stable slot: the point of no return. Then the old release is drained and stopped. */
export async function changeRoles(run: Run, watched: Watched): Promise<Phase> {
  const { state, control, place } = run;
  run.setPhase('promoting');
  const outcome = await run.finish(run.start('shift', {
    ...place, entry: state.changedEntry(), base: state.opened.entry.generation, except: control.dropped, pull: [], timeoutMs: SHIFT_TIMEOUT_MS, back: null,
  }, `name ${state.candidateSlot} as the stable slot`));
  watched.stop();
  if (!outcome.ok || outcome.value.outcome !== 'done') return attend(run, 'candidate', outcome.ok ? outcome.value.detail : outcome.text);
  return rolesChanged(run);
}

export async function rolesChanged(run: Run): Promise<Phase> {
  const { state } = run;
  state.data.rolesChanged = true;
  state.data.share = 0;
  state.data.split = { blue: state.candidateSlot === 'blue' ? 10_000 : 0, green: state.candidateSlot === 'green' ? 10_000 : 0 };
  run.milestone('rolesChanged');
  run.setPhase('retiring');
  if (!state.first) await retireSlot(run, state.stableSlot, state.opened.stableInstances);
  return 'succeeded';
}
