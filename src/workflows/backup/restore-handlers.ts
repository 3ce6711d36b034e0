import { ApplicationFailure, condition, setHandler, workflowInfo } from '@temporalio/workflow';
import { RESTORE_CONTROL_KINDS, type RestoreControlKind, type RestoreControlMessage, type RestoreSignal } from '../../domain/backup/restore-message.js';
import type { HeldAnswer } from './input.js';
import { heldUpdate, restorePlanQuery, restoreSignal, restoreStatusQuery, restoreUpdate } from './messages.js';
import { note, type RestoreRun } from './restore-run.js';

/** Who sent a signal, nobody knows: as an approval it counts as one unnamed person. */
const UNNAMED = { name: 'unnamed (signal)', roles: [] };

/** All handlers of a restore. They record what was asked and answer; the sequence acts. */
export function setRestoreHandlers(run: RestoreRun, answer: () => HeldAnswer | null): void {
  setHandler(restoreStatusQuery, () => run.state.status(run.control), { description: 'Which data is live, why, and what it waits for' });
  setHandler(restorePlanQuery, () => run.state.input.plan, { description: 'The plan this run carries out' });
  setHandler(heldUpdate, async (): Promise<HeldAnswer> => {
    await condition(() => answer() !== null);
    return answer() ?? { held: true };
  }, { description: 'Answers when every service is held, or the restore has given up' });
  for (const kind of RESTORE_CONTROL_KINDS) setControl(run, kind);
}

function setControl(run: RestoreRun, kind: RestoreControlKind): void {
  const { control, state } = run;
  setHandler(restoreUpdate(kind), (message) => {
    take(run, { ...message, kind }, { proven: true });
    return state.status(control);
  }, {
    description: `${kind}: answers with the new status`,
    validator: (message) => {
      const refusal = control.check({ ...message, kind }, { proven: true });
      if (refusal) throw ApplicationFailure.nonRetryable(refusal.text, refusal.code);
    },
  });
  let signals = 0;
  setHandler(restoreSignal(kind), (signal) => {
    signals += 1;
    take(run, ofSignal(kind, signal, { restore: state.input.restore, id: `signal-${workflowInfo().runId}-${kind}-${signals}` }), { proven: false });
  }, { description: `${kind}: for the Web UI and the Temporal CLI` });
}

function take(run: RestoreRun, message: RestoreControlMessage, { proven }: { readonly proven: boolean }): void {
  const refusal = run.control.apply(message, { proven, nowMs: run.work.runtime.now() });
  // What an update's validator refuses never gets here; a signal has no validator, so it is told in the details.
  if (refusal) note(run, `${message.kind} by ${message.by.name} was ignored: ${refusal.text} (${refusal.code})`);
  else note(run, `${message.kind} by ${message.by.name}${message.reason ? `: ${message.reason}` : ''}`);
}

/** A signal as a message: what it leaves out means this run. */
function ofSignal(kind: RestoreControlKind, signal: RestoreSignal | undefined, defaults: { restore: string; id: string }): RestoreControlMessage {
  const given = signal && typeof signal === 'object' ? signal : {};
  const { live } = given;
  return {
    kind, by: UNNAMED, id: given.id ?? defaults.id, restore: given.restore ?? defaults.restore,
    ...(given.gate === undefined ? {} : { gate: given.gate }), ...(given.reason === undefined ? {} : { reason: given.reason }),
    ...(live === 'old' || live === 'restored' ? { live } : {}),
  };
}
