import type { Persistence } from '../../domain/router/persistence.js';
import type { Run } from './run.js';

/** A router that would not start again as it is now: noted and told once, and once more when it would. What nobody knows is no news. */
export function heardOfPersistence(run: Run, now: Persistence): void {
  const { data } = run.state;
  if (data.endedAtMs !== null || now.persisted === 'unknown') return;
  const before = data.notPersisted;
  if (now.persisted === 'yes') {
    if (before === undefined) return;
    run.state.withdrawNote(before);
    delete data.notPersisted;
    run.tell('persisted', 'what the router holds is on its disk again: it would start again as it is now');
  } else {
    const text = `what the router holds is not on its disk, and a restart would lose it: ${now.detail}`;
    if (before === text) return;
    if (before !== undefined) run.state.withdrawNote(before);
    data.notPersisted = text;
    run.state.note(text);
    if (before === undefined) run.tell('not-persisted', text);
  }
  run.runtime.changed();
}
