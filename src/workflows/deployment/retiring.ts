import type { Instance } from '../../domain/deployment/steps.js';
import type { Slot } from '../../domain/router/entry.js';
import type { Run } from './run.js';
import type { RunState } from './run-state.js';

/**
 * Drains and stops a slot. Its failure is a note, never a reason to hold the lock: the next deployment cleans the slot before it launches.
 *
 * @returns what the slot that stays lacks on a router instance, for which nothing was stopped; null when it serves on each.
 */
export async function retireSlot(run: Run, slot: Slot, instances: readonly Instance[]): Promise<string | null> {
  const { state, control, place } = run;
  const stable = slot === state.stableSlot;
  const outcome = await run.finish('retire', {
    ...place, entry: stable ? state.changedEntry() : state.entry(0, 'settled'), base: state.opened.entry.generation, plan: state.plan, slot, instances,
    except: control.dropped, role: stable ? 'stable' : 'candidate', serving: servingBeside(state, slot),
  }, `drain ${slot} and stop it`);
  if (!outcome.ok) run.note(`slot ${slot} could not be stopped: ${outcome.text}; the next deployment stops it before it launches`);
  else if (outcome.value.forced) run.note(`slot ${slot}: ${outcome.value.inFlight} requests were still running at the drain's deadline and were ended`);
  const unserved = outcome.ok ? outcome.value.unserved : null;
  if (outcome.ok && unserved === null) state.data.stopped = slot;
  run.milestone('retired');
  return unserved;
}

/** A deployment that moved no traffic answers for nothing: what serves is as it was. Beside a first release nothing serves. */
function servingBeside(state: RunState, slot: Slot): readonly Instance[] {
  if (!state.data.moved || (state.first && slot === state.candidateSlot)) return [];
  return slot === state.stableSlot ? state.data.candidateInstances : state.opened.stableInstances;
}
