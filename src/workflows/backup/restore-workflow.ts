import { allHandlersFinished, CancellationScope, condition, setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { BackupSteps } from '../../domain/backup/steps.js';
import { RestoreControl } from '../../domain/backup/restore-control.js';
import type { RestorePhase } from '../../domain/backup/restore-status.js';
import { SlipwayAwaitingApproval, SlipwayDeployment, SlipwayEnvironment, SlipwayPhase, SlipwayService } from '../sequence/search-attributes.js';
import { temporalRuntime } from '../sequence/temporal-runtime.js';
import { Work } from '../sequence/work.js';
import { backupOptions } from './backup-profiles.js';
import { Holds } from './holding.js';
import type { HeldAnswer, RestoreOutcome, RestoreWorkflowInput } from './input.js';
import { restoreDetails } from './restore-details.js';
import { sentence } from './restore-ending.js';
import { setRestoreHandlers } from './restore-handlers.js';
import { holdLost, note, type RestoreRun } from './restore-run.js';
import { bringBack } from './restore-sequence.js';
import { RestoreState } from './restore-state.js';
import { safetyBackup } from './safety-backup.js';
import { tellApart } from './tell-apart.js';

/** Brings a backup back: beside what is live, proven, and swapped in. Everything runs where a cancel from outside does not reach; it is an abort. */
export async function restore(input: RestoreWorkflowInput): Promise<RestoreOutcome> {
  const answer: { held: HeldAnswer | null } = { held: null };
  const run = runOf(input, answer);
  setRestoreHandlers(run, () => answer.held);
  abortOnCancel(run);
  const { service, environment } = input.plan;
  upsertSearchAttributes([{ key: SlipwayDeployment, value: input.restore }, { key: SlipwayService, value: service }, { key: SlipwayEnvironment, value: environment }]);
  return CancellationScope.nonCancellable(async () => {
    const phase = await bringBack(run);
    await condition(allHandlersFinished);
    return { restore: input.restore, phase, code: run.state.cause?.code ?? null, text: sentence(run, phase) };
  });
}

function runOf(input: RestoreWorkflowInput, answer: { held: HeldAnswer | null }): RestoreRun {
  const state = new RestoreState(input, Date.now());
  const control = new RestoreControl(input.restore, input.by.name);
  const shown: Shown = { phase: null, awaiting: null };
  const runtime = temporalRuntime<BackupSteps>({ optionsOf: (name) => backupOptions(name, input.plan), changed: () => show(state, control, shown) });
  const run: RestoreRun = {
    state, control, work: new Work(runtime, () => control.abort), holds: new Holds(input, (service) => holdLost(run, service)),
    backUp: (backup) => safetyBackup(backup, input.plan),
    answerHeld: (given) => { answer.held ??= given; },
    tellApart,
  };
  return run;
}

/** Attributes cost an event each, so they are written only when they change. */
interface Shown { phase: RestorePhase | null; awaiting: boolean | null }

function show(state: RestoreState, control: RestoreControl, shown: Shown): void {
  setCurrentDetails(restoreDetails(state.status(control)));
  const awaiting = control.gates.length > 0;
  if (shown.phase === state.phase && shown.awaiting === awaiting) return;
  upsertSearchAttributes([{ key: SlipwayPhase, value: state.phase }, { key: SlipwayAwaitingApproval, value: awaiting }]);
  shown.phase = state.phase;
  shown.awaiting = awaiting;
}

function abortOnCancel(run: RestoreRun): void {
  void CancellationScope.current().cancelRequested.catch(() => {
    const aborted = run.control.abortFor({ code: 'CANCELLED', by: 'Temporal', text: `run ${workflowInfo().runId} was cancelled` });
    if (!aborted) note(run, 'a cancel was ignored: the data that was replaced is being dropped');
    run.work.runtime.changed();
  });
}
