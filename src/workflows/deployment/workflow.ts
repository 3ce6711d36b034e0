import {
  allHandlersFinished, CancellationScope, condition, continueAsNew, setCurrentDetails, upsertSearchAttributes, workflowInfo,
} from '@temporalio/workflow';
import { ControlState } from '../../domain/deployment/control-state.js';
import type { Phase } from '../../domain/deployment/status.js';
import { ContinueRun } from './attention-loop.js';
import { detailsOf } from './details.js';
import { setHandlers } from './handlers.js';
import type { DeploymentInput, DeploymentOutcome } from './input.js';
import { Run } from './run.js';
import { newRunData, RunState } from './run-state.js';
import { SlipwayAwaitingApproval, SlipwayPhase } from '../sequence/search-attributes.js';
import { deliver, resume } from './sequence.js';
import { deploymentRuntime } from './temporal-runtime.js';

/** The workflow of every strategy: wires the sequence to Temporal. Everything runs where a cancel from outside does not reach; it is an abort. */
export async function runDeployment(input: DeploymentInput): Promise<DeploymentOutcome> {
  const run = runOf(input);
  setHandlers(run);
  abortOnCancel(run);
  try {
    const phase = await CancellationScope.nonCancellable(() => (input.handover ? resume(run, input.handover) : deliver(run)));
    await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
    return outcomeOf(run, phase);
  } catch (error) {
    if (!(error instanceof ContinueRun)) throw error;
    await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
    const handover = { data: run.state.data, control: run.control.snapshot(), goal: error.goal, reason: error.reason };
    return continueAsNew<typeof runDeployment>({ ...input, handover });
  }
}

function runOf({ deployment, plan, by, handover }: DeploymentInput): Run {
  const control = new ControlState(handover?.control ?? { deployment, requester: by.name });
  const state = new RunState(deployment, plan, handover?.data ?? newRunData(Date.now(), plan));
  const shown: Shown = { phase: null, awaiting: null };
  const run: Run = new Run(deploymentRuntime({ deployment, plan, by }, () => show(run, shown)), state, control);
  return run;
}

/** Attributes cost an event each, so they are written only when they change. */
interface Shown { phase: Phase | null; awaiting: boolean | null }

function show(run: Run, shown: Shown): void {
  const status = run.state.status(run.control, run.runtime.now());
  setCurrentDetails(detailsOf(status));
  const awaiting = status.gates.length > 0;
  if (shown.phase === status.phase && shown.awaiting === awaiting) return;
  upsertSearchAttributes([{ key: SlipwayPhase, value: status.phase }, { key: SlipwayAwaitingApproval, value: awaiting }]);
  shown.phase = status.phase;
  shown.awaiting = awaiting;
}

function abortOnCancel(run: Run): void {
  void CancellationScope.current().cancelRequested.catch(() => {
    const aborted = run.control.abortFor({ code: 'CANCELLED', by: 'Temporal', text: `run ${workflowInfo().runId} was cancelled` });
    if (!aborted) run.note('a cancel was ignored: the roles have changed; undo the deployment instead');
    run.runtime.changed();
  });
}

function outcomeOf(run: Run, phase: Phase): DeploymentOutcome {
  const { cause } = run.state.data;
  const ended = phase === 'succeeded' || phase === 'rolled-back' ? phase : 'aborted';
  return { deployment: run.state.deployment, phase: ended, code: cause?.code ?? null, text: cause?.text ?? `${run.state.plan.candidate.version} is live` };
}
