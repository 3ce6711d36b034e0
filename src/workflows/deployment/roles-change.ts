import type { Phase } from '../../domain/deployment/status.js';
import { attend } from './attention-loop.js';
import { goBack } from './going-back.js';
import { rolesChanged } from './roles-changed.js';
import type { Run } from './run.js';
import type { Watched } from './watched.js';

const SHIFT_TIMEOUT_MS = 10_000;

/** One router write names the new stable slot: the point of no return. Then the old release is drained and stopped. */
export async function changeRoles(run: Run, watched: Watched): Promise<Phase> {
  const { state, control, place } = run;
  const outcome = await run.finish('shift', {
    ...place, entry: state.changedEntry(), base: state.opened.entry.generation, except: control.dropped, pull: [], timeoutMs: SHIFT_TIMEOUT_MS,
    direction: 'roles-change', serving: { instances: state.data.candidateInstances, plan: state.plan },
  }, `name ${state.candidateSlot} as the stable slot`);
  if (outcome.ok) for (const text of outcome.value.restored) run.note(text);
  // A watch pulled in the last instant: the mark stands, so it goes back although an abort would be refused by now.
  if (outcome.ok && outcome.value.outcome === 'pulled') return goBack(run, watched, { code: 'PULLED', by: 'watch', text: outcome.value.detail });
  watched.stop();
  if (!outcome.ok || outcome.value.outcome !== 'done') return attend(run, 'candidate', outcome.ok ? outcome.value.detail : outcome.text);
  const lacking = await rolesChanged(run);
  return lacking === null ? 'succeeded' : attend(run, 'candidate', lacking);
}
