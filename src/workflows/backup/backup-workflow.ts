import { ApplicationFailure, CancellationScope, condition, setCurrentDetails, setHandler, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { BackupPhase } from '../../domain/backup/backup-status.js';
import type { BackupSteps } from '../../domain/backup/steps.js';
import type { Cause } from '../../domain/deployment/status.js';
import { SlipwayDeployment, SlipwayEnvironment, SlipwayPhase, SlipwayService } from '../sequence/search-attributes.js';
import type { Task } from '../sequence/runtime.js';
import { taskOf } from '../sequence/task-of.js';
import { temporalRuntime } from '../sequence/temporal-runtime.js';
import { Work } from '../sequence/work.js';
import { backupDetails } from './backup-details.js';
import { backupOptions } from './backup-profiles.js';
import { backUp, type BackupRun, sentence } from './backup-sequence.js';
import { BackupState } from './backup-state.js';
import type { BackupOutcome, BackupWorkflowInput } from './input.js';
import { backupStatusQuery, goSignal } from './messages.js';
import { leaveRetention } from './retention.js';
import { tellApart } from './tell-apart.js';

/** Makes one backup of a source and proves that it can be read. A cancel from outside stops it; what was stored by then stays, unverified. */
export async function backup(input: BackupWorkflowInput): Promise<BackupOutcome> {
  const run = runOf(input);
  setHandler(backupStatusQuery, () => run.state.status(), { description: 'What was stored, and whether it could be read back' });
  return CancellationScope.nonCancellable(async () => {
    const phase = await backUp(run);
    if (run.state.retentionLeft) await leaveRetention({ plan: input.plan, prune: run.state.retentionLeft });
    return outcomeOf(run, phase);
  });
}

function runOf(input: BackupWorkflowInput): BackupRun {
  const state = new BackupState(input, Date.now());
  const shown: { phase: BackupPhase | null } = { phase: null };
  const abort: { cause: Cause | null } = { cause: null };
  const runtime = temporalRuntime<BackupSteps>({ optionsOf: (name) => backupOptions(name, input.plan), changed: () => show(state, shown) });
  const { service, environment } = input.plan;
  upsertSearchAttributes([{ key: SlipwayDeployment, value: input.backup }, { key: SlipwayService, value: service }, { key: SlipwayEnvironment, value: environment }]);
  void CancellationScope.current().cancelRequested.catch(() => {
    abort.cause = { code: 'CANCELLED', by: 'Temporal', text: `run ${workflowInfo().runId} was cancelled` };
  });
  return { state, work: new Work(runtime, () => abort.cause), tell: tellApart, go: input.goWithinMs === undefined ? null : goWithin(input.goWithinMs) };
}

/** @returns what waits for the signal. */
function goWithin(ms: number): () => Task<object> {
  let said = false;
  setHandler(goSignal, () => { said = true; }, { description: 'From the restore: writes are stopped' });
  return () => taskOf('go', async () => {
    if (await condition(() => said, ms, { summary: 'until writes are stopped' })) return {};
    throw ApplicationFailure.nonRetryable(`the word that writes are stopped did not come within ${ms} ms`, 'STEP_TIMEOUT');
  }, { settled: () => undefined });
}

function show(state: BackupState, shown: { phase: BackupPhase | null }): void {
  setCurrentDetails(backupDetails(state.status()));
  if (shown.phase === state.phase) return;
  upsertSearchAttributes([{ key: SlipwayPhase, value: state.phase }]);
  shown.phase = state.phase;
}

function outcomeOf(run: BackupRun, phase: BackupPhase): BackupOutcome {
  const { backup: id } = run.state.input;
  const ended = phase === 'succeeded' || phase === 'damaged' || phase === 'aborted' ? phase : 'failed';
  const code = run.state.cause?.code ?? (phase === 'damaged' ? 'BACKUP_DAMAGED' : null);
  return { backup: id, phase: ended, code, text: sentence(run, phase) };
}
