import { firstStatusOf } from '../../domain/deployment/first-status.js';
import type { ControlKind, ControlMessage } from '../../domain/deployment/control-message.js';
import type { DeploymentStatus, Phase } from '../../domain/deployment/status.js';
import { hasEnded } from '../../domain/deployment/status.js';
import { SlipwayError } from '../../domain/errors.js';
import { deploymentWorkflowId } from '../../domain/names.js';
import type { DeploymentInput } from '../../workflows/deployment/input.js';
import type { DeploymentRuns, FoundRun, RunAddress, RunAnswer, RunsReadiness, StartResult } from './deployment-runs.js';

interface FakeRun {
  readonly input: DeploymentInput;
  status: DeploymentStatus;
  state: FoundRun['state'];
  closedAt: string | null;
  /** Answers by message id. */
  readonly answered: Map<string, DeploymentStatus>;
}

/** Runs in memory, which go on only as they are told: for tests, and for trying the API without a server. */
export class FakeDeploymentRuns implements DeploymentRuns {
  private readonly runs = new Map<string, FakeRun>();
  private readonly holds = new Map<string, string>();
  private away = false;
  private losesAnswer = false;
  private missing: RunsReadiness = { temporal: null, workers: null };
  readonly messages: { readonly kind: ControlKind; readonly message: ControlMessage }[] = [];

  constructor(private readonly now: () => number = Date.now) {}

  /** From now on nothing answers, or everything again. */
  set(connection: 'away' | 'back'): void {
    this.away = connection === 'away';
    this.missing = { temporal: this.away ? 'the server does not answer' : null, workers: null };
  }

  /** The next phase, and whatever else the run would say of itself. @returns its last word. */
  advance(deployment: string, phase: Phase, more: Partial<DeploymentStatus> = {}): DeploymentStatus {
    const run = this.byDeployment(deployment);
    if (!run) throw new Error(`no run of ${deployment}`);
    const endedAt = hasEnded(phase) ? new Date(this.now()).toISOString() : null;
    run.status = { ...run.status, ...more, phase, endedAt };
    if (endedAt !== null) this.close(run, 'completed');
    return run.status;
  }

  /** As a restore that takes the lock; null: it lets it go. */
  hold(environment: string, service: string, restore: string | null): void {
    const id = deploymentWorkflowId(environment, service);
    if (restore === null) this.holds.delete(id);
    else this.holds.set(id, restore);
  }

  /** As an operator's terminate: no code runs. */
  terminate(deployment: string): void {
    const run = this.byDeployment(deployment);
    if (run) this.close(run, 'gone');
  }

  /** The next message takes effect, and its answer comes too late. */
  loseNextAnswer(): void {
    this.losesAnswer = true;
  }

  async start(input: DeploymentInput): Promise<StartResult> {
    this.answer();
    const id = deploymentWorkflowId(input.plan.environment, input.plan.service);
    const restore = this.holds.get(id);
    if (restore !== undefined) return { start: 'held', restore };
    const holder = this.runs.get(id);
    if (holder?.input.deployment === input.deployment) return { start: 'same' };
    if (holder?.state === 'running') return { start: 'other', live: holder.input.deployment };
    const status: DeploymentStatus = { ...firstStatusOf(input, new Date(this.now()).toISOString()), phase: 'preparing', canAbort: true };
    this.runs.set(id, { input, status, state: 'running', closedAt: null, answered: new Map() });
    return { start: 'new' };
  }

  async control(address: RunAddress, kind: ControlKind, message: ControlMessage): Promise<DeploymentStatus> {
    this.answer();
    const run = this.runs.get(deploymentWorkflowId(address.environment, address.service));
    if (run?.state !== 'running') throw new SlipwayError('DEPLOYMENT_ENDED');
    if (run.input.deployment !== message.deployment) throw new SlipwayError('WRONG_DEPLOYMENT');
    const before = run.answered.get(message.id);
    if (before) return before;
    this.messages.push({ kind, message });
    run.status = { ...controlled(run.status, kind, message), messages: [...(run.status.messages ?? []), message.id] };
    run.answered.set(message.id, run.status);
    if (this.losesAnswer) {
      this.losesAnswer = false;
      throw new SlipwayError('TEMPORAL_TIMEOUT');
    }
    return run.status;
  }

  async ask(address: RunAddress): Promise<RunAnswer> {
    const run = this.away ? undefined : this.runs.get(deploymentWorkflowId(address.environment, address.service));
    if (run && run.state !== 'running') return { state: 'closed' };
    return run?.input.deployment === address.deployment ? { state: 'open', status: run.status } : { state: 'silent' };
  }

  async status(address: RunAddress): Promise<DeploymentStatus | undefined> {
    const answer = await this.ask(address);
    return answer.state === 'open' ? answer.status : undefined;
  }

  async plan(address: RunAddress): Promise<DeploymentInput['plan'] | undefined> {
    return this.away ? undefined : this.runs.get(deploymentWorkflowId(address.environment, address.service))?.input.plan;
  }

  async running(): Promise<ReadonlySet<string>> {
    this.answer();
    return new Set([...this.runs.values()].filter(({ state }) => state === 'running').map(({ input }) => input.deployment));
  }

  async describe(environment: string, service: string): Promise<FoundRun | undefined> {
    this.answer();
    const heldBy = this.holds.get(deploymentWorkflowId(environment, service)) ?? null;
    if (heldBy !== null) return { deployment: '', environment, service, state: 'running', closedAt: null, heldBy };
    const run = this.runs.get(deploymentWorkflowId(environment, service));
    return run && { deployment: run.input.deployment, environment, service, state: run.state, closedAt: run.closedAt, heldBy: null };
  }

  async findRunning(deployment: string): Promise<RunAddress | undefined> {
    this.answer();
    const run = this.byDeployment(deployment);
    return run?.state === 'running' ? { deployment, service: run.status.service, environment: run.status.environment } : undefined;
  }

  async readiness(): Promise<RunsReadiness> {
    return this.missing;
  }

  private answer(): void {
    if (this.away) throw new SlipwayError('TEMPORAL_UNAVAILABLE');
  }

  private byDeployment(deployment: string): FakeRun | undefined {
    return [...this.runs.values()].find((run) => run.input.deployment === deployment);
  }

  private close(run: FakeRun, state: FoundRun['state']): void {
    run.state = state;
    run.closedAt = new Date(this.now()).toISOString();
  }
}

function controlled(status: DeploymentStatus, kind: ControlKind, message: ControlMessage): DeploymentStatus {
  switch (kind) {
    case 'pause':
      if (status.paused) throw new SlipwayError('ALREADY_PAUSED');
      return { ...status, paused: true };
    case 'resume':
      if (!status.paused) throw new SlipwayError('NOT_PAUSED');
      return { ...status, paused: false };
    case 'abort':
      if (!status.canAbort && status.protection?.migrations.contract === undefined) throw new SlipwayError('PAST_NO_RETURN');
      return goingBack(status, 'ABORTED', message);
    case 'approve':
    case 'reject':
      if (!status.gates.some((gate) => gate.address === message.gate)) throw new SlipwayError('GATE_NOT_OPEN');
      return kind === 'reject' ? goingBack(status, 'REJECTED', message) : { ...status, gates: status.gates.filter((gate) => gate.address !== message.gate) };
    case 'promote':
      return { ...status, phase: 'promoting' };
    case 'skip':
      if (status.phase !== 'progressing' && status.phase !== 'watching') throw new SlipwayError('NOTHING_TO_SKIP');
      return status;
    case 'resolve':
      if (status.phase !== 'needs-attention') throw new SlipwayError('NOT_IN_ATTENTION');
      return { ...status, phase: 'rolling-back' };
  }
}

function goingBack(status: DeploymentStatus, code: string, { by, reason }: ControlMessage): DeploymentStatus {
  // Only a contract is left: it is not run, or no further.
  if (!status.canAbort) return { ...status, gates: [] };
  return { ...status, phase: 'rolling-back', gates: [], cause: { code, by: by.name, text: reason ?? '' } };
}
