import { Halt } from '../sequence/work.js';
import type { BackupOutcome } from './input.js';
import { enter, holdWhilePaused, note, type RestoreRun, RESTORER, type SafetyBackup, stepInput, waitFor } from './restore-run.js';

/** The code by which a safety backup says that there is no data to lose. Data that is there and cannot be backed up may be healthy. */
const NOTHING_TO_PROTECT = 'SOURCE_MISSING';

/** Writes are stopped first, where that was declared: the safety backup then has everything. */
export async function protect(run: RestoreRun): Promise<void> {
  const { state, work } = run;
  const { plan, restore } = state.input;
  if (plan.dryRun) return;
  await holdWhilePaused(run);
  enter(run, plan.source.restore.quiesce ? 'quiescing' : 'protecting');
  state.safetyRequest = work.start('requestBackup', { plan, trigger: 'safety', by: RESTORER, key: `${restore}/safety` }, 'write the request of the safety backup');
  const { backup } = await work.resultOf(state.safetyRequest);
  state.safetyBackup = backup;
  const safety = run.backUp(backup);
  state.safety = safety;
  try {
    if (plan.source.restore.quiesce) await stopWrites(run, safety);
    refuseUnprotected(run, await work.resultOf(safety.task));
  } finally {
    safety.task.cancel();
  }
}

/** Not before the safety backup has its turn: behind another backup nobody could write for hours. */
async function stopWrites(run: RestoreRun, safety: SafetyBackup): Promise<void> {
  const { state, work } = run;
  await waitFor(run, `the end of another backup of ${state.input.plan.source.name}`, () => safety.began || safety.task.outcome !== undefined);
  if (!safety.began) return;
  state.writes = 'unsure';
  await work.act('quiesce', stepInput(run), 'stop writes');
  state.writes = 'stopped';
  safety.proceed();
  enter(run, 'protecting');
}

/** Live data that is gone is the very reason for a restore: there is nothing to protect then. */
function refuseUnprotected(run: RestoreRun, { phase, code, text }: BackupOutcome): void {
  if (phase === 'succeeded') return;
  if (run.state.input.plan.safety !== 'try' && code !== NOTHING_TO_PROTECT) {
    throw new Halt({ code: code ?? 'BACKUP_DAMAGED', by: 'slipway', text: `without a safety backup nothing is swapped, unless it is asked for with safety: try: ${text}` });
  }
  note(run, `there is no safety backup of what is live: ${text}`);
}
