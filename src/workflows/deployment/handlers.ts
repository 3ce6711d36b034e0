import { ApplicationFailure, setHandler, workflowInfo } from '@temporalio/workflow';
import { CONTROL_KINDS, type Control, type ControlKind } from '../../domain/deployment/control-message.js';
import type { DeploymentStatus } from '../../domain/deployment/status.js';
import { splitOf, type Generation } from '../../domain/router/entry.js';
import { parseGeneration } from '../../domain/router/generation.js';
import { controlSignal, controlUpdate, persistenceSignal, planQuery, shiftedSignal, statusQuery, verdictsQuery } from './messages.js';
import { heardOfPersistence } from './persistence-news.js';
import type { Run } from './run.js';
import { controlOfSignal } from './signals.js';

/** All handlers of a run. They record what was asked and answer; the sequence acts. */
export function setHandlers(run: Run): void {
  const status = (): DeploymentStatus => run.state.status(run.control, run.runtime.now());
  setHandler(statusQuery, status, { description: 'What is live, why, and what it waits for' });
  setHandler(planQuery, () => run.state.plan, { description: 'The plan this run carries out' });
  setHandler(verdictsQuery, () => run.state.data.verdicts, { description: 'Every verdict so far, with its numbers' });
  setHandler(shiftedSignal, (shifted) => confirm(run, shifted));
  setHandler(persistenceSignal, ({ persistence }) => heardOfPersistence(run, persistence));
  for (const kind of CONTROL_KINDS) setControl(run, kind, status);
}

function setControl(run: Run, kind: ControlKind, status: () => DeploymentStatus): void {
  const { control } = run;
  const sender = (proven: boolean) => ({ proven, nowMs: run.runtime.now() });
  setHandler(controlUpdate(kind), (message) => {
    take(run, { ...message, kind }, true);
    return status();
  }, {
    description: `${kind}: answers with the new status`,
    validator: (message) => {
      const refusal = control.check({ ...message, kind }, sender(true));
      if (refusal) throw ApplicationFailure.nonRetryable(refusal.text, refusal.code);
    },
  });
  let signals = 0;
  setHandler(controlSignal(kind), (signal) => {
    signals += 1;
    const message = controlOfSignal(kind, signal, { deployment: run.state.deployment, id: `signal-${workflowInfo().runId}-${kind}-${signals}` });
    take(run, message, false);
  }, { description: `${kind}: for the Web UI and the Temporal CLI` });
}

function take(run: Run, message: Control, proven: boolean): void {
  const { control, runtime, state } = run;
  if (control.hasSeen(message.id)) return;
  const refusal = control.apply(message, { proven, nowMs: runtime.now() });
  // What an update's validator refuses never gets here; a signal has no validator, so it is told in the details.
  if (refusal) state.note(`${message.kind} by ${message.by.name} was ignored: ${refusal.text} (${refusal.code})`);
  else state.event(message.kind, `${message.kind} by ${message.by.name}${message.reason ? `: ${message.reason}` : ''}`, runtime.now(), `message.${message.id}`);
  runtime.changed();
}

function confirm(run: Run, { entry }: { readonly entry: Parameters<typeof splitOf>[0] }): void {
  const { data } = run.state;
  if (data.confirmed !== null && countOf(entry.generation) <= countOf(data.confirmed)) return;
  data.confirmed = entry.generation;
  data.split = splitOf(entry);
  if (entry.phase === 'watching' && data.phase === 'promoting') {
    run.milestone('promoted');
    run.setPhase('watching');
  } else {
    run.milestone(`step-${run.control.step}`);
    run.runtime.changed();
  }
}

/** The how-manieth shift of its deployment it was. */
function countOf(generation: Generation): number {
  return parseGeneration(generation)?.n ?? 0;
}
