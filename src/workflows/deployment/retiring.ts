import type { Instance } from '../../domain/deployment/steps.js';
import type { Slot } from '../../domain/router/entry.js';
import type { Run } from './run.js';

/** Drains and stops a slot. Its failure is a note, never a reason to hold the lock: the next deployment cleans the slot before it launches. */
export async function retireSlot(run: Run, slot: Slot, instances: readonly Instance[]): Promise<void> {
  const { plan, stableSlot, opened } = run.state;
  const entry = slot === stableSlot ? run.state.changedEntry() : run.state.entry(0, 'settled');
  const outcome = await run.finish('retire', {
    ...run.place, entry, base: opened.entry.generation, plan, slot, instances, except: run.control.dropped, role: slot === stableSlot ? 'stable' : 'candidate',
  }, `drain ${slot} and stop it`);
  if (outcome.ok) run.state.data.stopped = slot;
  if (!outcome.ok) run.note(`slot ${slot} could not be stopped: ${outcome.text}; the next deployment stops it before it launches`);
  else if (outcome.value.forced) run.note(`slot ${slot}: ${outcome.value.inFlight} requests were still running at the drain's deadline and were ended`);
  run.milestone('retired');
}
