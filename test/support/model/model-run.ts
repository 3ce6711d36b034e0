import { ControlState } from '../../../src/domain/deployment/control-state.js';
import type { Control, ControlKind } from '../../../src/domain/deployment/control-message.js';
import type { Plan } from '../../../src/domain/deployment/plan.js';
import type { Phase } from '../../../src/domain/deployment/status.js';
import type { StepInput, StepResult } from '../../../src/domain/deployment/steps.js';
import type { WatchEnd, WatchResult } from '../../../src/domain/deployment/watching.js';
import { type Generation, otherSlot, splitOf, UNMANAGED_ENTRY, type RouterEntry } from '../../../src/domain/router/entry.js';
import { ContinueRun } from '../../../src/workflows/deployment/attention-loop.js';
import { Run } from '../../../src/workflows/deployment/run.js';
import { newRunData, RunState } from '../../../src/workflows/deployment/run-state.js';
import { deliver, resume } from '../../../src/workflows/deployment/sequence.js';
import { ModelRouters } from './model-routers.js';
import { labelOf, ModelRuntime, type ModelTask } from './model-runtime.js';

const DEPLOYMENT = '01JD0000000000000000000000';

/** How a step in flight goes on. `half`: one router instance is written, the other does not answer. */
export type Fate = 'good' | 'bad' | 'half' | 'lost';

/** A whole run of the sequence over modelled routers, driven move by move. */
export class ModelRun {
  readonly runtime = new ModelRuntime();
  readonly routers: ModelRouters;
  run: Run;
  ended: Phase | undefined;
  failure: unknown;
  /** Acknowledged before the roles changed. */
  abortAcknowledged = false;
  resolvedToCandidate = false;
  /** `<address> <who>`, one for each approval that was taken. */
  approvals: string[] = [];
  /** How much had happened when somebody said no to the contract, or to the rest of it. */
  contractStoppedAt = Number.POSITIVE_INFINITY;
  /** Gates that a watch's end made necessary. */
  readonly asked: string[] = [];
  /** A watch said that the candidate must go, or broke. */
  condemned = false;
  /** A tombstone of this deployment was there before the roles changed. */
  marked = false;
  /** How many steps had been started when it was paused last. */
  startedBeforePause = 0;
  private messages = 0;

  constructor(readonly plan: Plan) {
    const managed: RouterEntry = { ...UNMANAGED_ENTRY, deployment: '01JC0000000000000000000000', generation: '01JC0000000000000000000000.9' };
    this.routers = new ModelRouters(plan.stable ? managed : UNMANAGED_ENTRY);
    const state = new RunState(DEPLOYMENT, plan, newRunData(this.runtime.now(), plan));
    this.run = new Run(this.runtime, state, new ControlState({ deployment: DEPLOYMENT, requester: 'ann' }));
    this.follow(deliver(this.run));
  }

  get phase(): Phase { return this.run.state.data.phase; }

  /** As an update, or as a signal, whose sender nobody checked. */
  send(kind: ControlKind, by: string, over: Partial<Control> = {}, way: 'update' | 'signal' = 'update'): string {
    this.messages += 1;
    const message: Control = { kind, id: `m${this.messages}`, deployment: DEPLOYMENT, by: { name: by, roles: ['admin'] }, ...over };
    const gates = this.run.control.gates.map((gate) => gate.address);
    const open = this.run.control.gates.find((gate) => gate.address === (message.gate ?? gates[0]));
    const { point } = this.run.control.snapshot();
    const refusal = this.run.control.apply(message, { proven: way === 'update', nowMs: this.runtime.now() });
    if (refusal) return refusal.code;
    if (kind === 'approve' && way === 'signal' && open && open.quorum > 1) throw new Error('a signal counted where people are told apart');
    if (point === 'contract' && (kind === 'abort' || kind === 'reject')) this.stopContract();
    else if (kind === 'abort' || kind === 'reject') this.abortAcknowledged = true;
    if (kind === 'pause') this.startedBeforePause = this.runtime.tasks.length;
    if (kind === 'approve') this.approvals.push(`${message.gate ?? gates[0] ?? ''} ${by}`);
    if (message.resolve && 'slot' in message.resolve && message.resolve.slot === this.run.state.candidateSlot) this.resolvedToCandidate = true;
    return 'OK';
  }

  cancelFromTemporal(): void {
    const { point } = this.run.control.snapshot();
    const taken = this.run.control.abortFor({ code: 'CANCELLED', by: 'Temporal', text: 'cancelled' });
    if (taken && point === 'contract') this.stopContract();
    else if (taken) this.abortAcknowledged = true;
  }

  private stopContract(): void {
    this.contractStoppedAt = Math.min(this.contractStoppedAt, this.runtime.log.length);
  }

  /** One step in flight goes on by one piece: its shift, then its end. */
  async move(task: ModelTask, fate: Fate): Promise<void> {
    if (task.ended) return;
    if (task.name === 'watch') this.moveWatch(task, fate);
    else task.end(this.outcomeOf(task, fate));
    await this.runtime.settle();
  }

  newestWatch(): ModelTask | undefined {
    return this.runtime.live().filter((task) => task.name === 'watch' && !task.cancelled).at(-1);
  }

  /** The newest watch ends in this way. */
  endWatch(end: WatchEnd): void {
    this.newestWatch()?.end(watchEnded(end, true));
  }

  /** Writes of attempts that stalled long ago and come through now: whatever was ever asked of the routers, once more. */
  stalledWrites(): void {
    for (const task of this.runtime.tasks) {
      const write = writeOf(task);
      if (write) for (const index of [0, 1]) this.routers.write(index, write.entry, write.base);
    }
  }

  /** A way back that was asked for has begun. */
  goesBack(): boolean {
    return this.ended !== undefined || ['rolling-back', 'needs-attention', 'aborted', 'rolled-back'].includes(this.phase);
  }

  /** What was begun while it was paused, and gives the candidate more, or changes data for it. */
  movedWhilePaused(): boolean {
    return this.run.control.paused && this.runtime.tasks.slice(this.startedBeforePause).some((task) => {
      if (labelOf(task) === 'expand') return true;
      const entry = writeOf(task)?.entry;
      return entry !== undefined && (entry.candidateShare > 0 || entry.deployment === DEPLOYMENT);
    });
  }

  /** What it says it waits for is something that somebody can do. */
  waitsForNobody(): boolean {
    const { control, state } = this.run;
    const busy = this.runtime.live().some(({ name }) => name !== 'notify' && name !== 'watch');
    return state.data.waitsFor !== null && !busy && !control.paused && control.gates.length === 0 && this.phase !== 'needs-attention' && control.abort === null;
  }

  /** An attempt of the newest watch that stalled finds a breach now. A pull before the roles change marks the deployment as failed. */
  stalledPull(): void {
    const watch = this.runtime.tasks.findLast((task) => task.name === 'watch' && task.shifted);
    if (!watch || this.rolesChangedSomewhere()) return;
    this.pull(watch.input as StepInput<'watch'>);
  }

  private pull({ generations }: StepInput<'watch'>): void {
    this.routers.pull(generations);
    this.marked ||= generations.length > 0 && !this.rolesChangedSomewhere();
  }

  /** Of a first release past its roles change nothing is left to take back. */
  private condemn(): void {
    this.condemned ||= !this.run.control.closed;
  }

  /** The one thing that must hold at every moment: shared traffic is watched, or is being taken back or put right. */
  unwatched(): boolean {
    if (this.ended || this.routers.share(this.candidate) === 0) return false;
    const live = this.runtime.live();
    const watched = live.some((task) => task.name === 'watch' && !task.cancelled);
    const moving = live.some((task) => task.name === 'shift' || task.name === 'attend');
    const stillJoining = live.some((task) => task.name === 'watch') && this.phase === 'rolling-back';
    return !watched && !moving && !stillJoining && this.phase !== 'needs-attention' && !this.rolesChangedSomewhere();
  }

  get candidate() { return otherSlot(this.run.state.data.opened?.entry.stable ?? 'blue'); }

  rolesChangedSomewhere(): boolean {
    return this.routers.instances.some(({ entry }) => entry.deployment === DEPLOYMENT);
  }

  private follow(running: Promise<Phase>): void {
    running.then((phase) => { this.ended = phase; }, (error: unknown) => {
      if (error instanceof ContinueRun) this.continue(error);
      else this.failure = error;
    });
  }

  /** As continue-as-new does it: everything through JSON, a new run over the same world. */
  private continue({ goal, reason }: ContinueRun): void {
    this.runtime.continues = false;
    const carried = JSON.parse(JSON.stringify({ data: this.run.state.data, control: this.run.control.snapshot() })) as { data: RunState['data']; control: ReturnType<ControlState['snapshot']> };
    this.run = new Run(this.runtime, new RunState(DEPLOYMENT, this.plan, carried.data), new ControlState(carried.control));
    this.follow(resume(this.run, { ...carried, goal, reason }));
  }

  private moveWatch(task: ModelTask, fate: Fate): void {
    const input = task.input as StepInput<'watch'>;
    if (input.shift && !task.shifted) return this.shiftOfWatch(task, input, fate);
    if (task.cancelled && fate !== 'bad') return task.end(watchEnded({ ended: 'stopped' }, task.shifted));
    if (this.marked) return task.end(watchEnded({ ended: 'pulled', detail: 'tombstone' }, true));
    if (fate === 'bad' && input.analysis.onBreach === 'ask') {
      const rule = ['errors', 'latency'].find((each) => !input.waived.includes(each));
      if (!rule) return;
      // The watch that takes over from one that leaves finds it again.
      if (!task.cancelled && !this.run.control.closed) this.asked.push(`${input.step}/breach`);
      return task.end(watchEnded({ ended: 'breach', verdict: verdict('fail', rule), pulled: null }, true));
    }
    if (fate === 'bad') {
      this.pull(input);
      this.condemn();
      return task.end(watchEnded({ ended: 'breach', verdict: verdict('fail'), pulled: { breachToZeroMs: 3, unreached: [] } }, true));
    }
    // An open-ended watch waits for no data, and bears errors.
    if (input.bakeMs !== null && fate === 'lost') return this.unsure(task, input, 'no-data');
    if (input.bakeMs !== null && fate === 'half') return this.unsure(task, input, 'error');
    if (fate === 'half') {
      this.condemn();
      return task.end(failed('INTERNAL'));
    }
    if (input.bakeMs === null && input.endsOnceJudged) this.judged(input);
    if (input.bakeMs !== null || input.endsOnceJudged) task.end(watchEnded({ ended: 'complete', verdict: verdict('pass') }, true));
  }

  /** The gate that waits for a judgment needs nobody any more. */
  private judged({ step }: StepInput<'watch'>): void {
    const at = this.asked.indexOf(`${step}/error`);
    if (at !== -1) this.asked.splice(at, 1);
  }

  private unsure(task: ModelTask, { step }: StepInput<'watch'>, ended: 'no-data' | 'error'): void {
    // The end of a bake that was cut short means nothing any more.
    if (!this.run.state.data.notes.includes(`step ${step}: the bake was cut short`)) this.asked.push(`${step}/${ended}`);
    task.end(watchEnded({ ended, verdict: verdict(ended) }, true));
  }

  private shiftOfWatch(task: ModelTask, input: StepInput<'watch'>, fate: Fate): void {
    const { shift } = input;
    if (!shift) return;
    // A cancelled attempt that stalled may still write: the fence has to hold.
    const reached = fate === 'half' ? [0] : fate === 'bad' ? [] : [0, 1];
    const results = reached.map((index) => this.routers.write(index, shift.entry, shift.base));
    if (results.includes('pulled')) return task.end(watchEnded({ ended: 'pulled', detail: 'tombstone' }, false));
    if (fate !== 'good' || results.includes('conflict')) {
      if (task.cancelled) return task.end(watchEnded({ ended: 'stopped' }, false));
      this.routers.pull(input.generations, reached);
      this.condemn();
      return task.end(watchEnded({ ended: 'shift-failed', code: 'ROUTER_UNREACHABLE', detail: 'away' }, false));
    }
    task.shifted = true;
    this.confirm(shift.entry);
  }

  private confirm(entry: RouterEntry): void {
    this.run.state.data.confirmed = entry.generation;
    this.run.state.data.split = splitOf(entry);
  }

  private outcomeOf(task: ModelTask, fate: Fate): Parameters<ModelTask['end']>[0] {
    if (task.cancelled && fate === 'lost') return { ok: false, code: 'CANCELLED', text: 'cancelled' };
    switch (task.name) {
      case 'shift': return { ok: true, value: this.shiftResult(task.input as StepInput<'shift'>, fate) };
      case 'attend': return { ok: true, value: this.attendResult(task.input as StepInput<'attend'>, fate) };
      case 'open': return fate === 'bad' ? failed('ROUTER_UNREACHABLE') : { ok: true, value: this.openResult(task.input as StepInput<'open'>) };
      case 'launch': return this.launched(task.input as StepInput<'launch'>, fate);
      case 'verify': case 'record': case 'claim': return fate === 'bad' ? failed('DATABASE_UNAVAILABLE') : { ok: true, value: { unwritten: [] } };
      case 'retire': return this.retired(task.input as StepInput<'retire'>, fate);
      case 'backup': return fate === 'bad' ? failed('BACKUP_FAILED') : { ok: true, value: { service: 'shop', source: 'orders', backup: '01B' } };
      case 'migrate': return fate === 'bad' || fate === 'half' ? failed('MIGRATION_FAILED') : { ok: true, value: { tookMs: 1, output: '', unwritten: [] } };
      default: return { ok: true, value: { unwritten: [] } };
    }
  }

  private launched({ entry, base }: StepInput<'launch'>, fate: Fate): Parameters<ModelTask['end']>[0] {
    if (this.takes(entry, base) === 'refused') return failed('SUPERSEDED');
    return fate === 'bad' ? failed('NEVER_HEALTHY') : { ok: true, value: { instances: [{ id: 'i1', address: '127.0.0.1:1' }], tookMs: 1, unwritten: [] } };
  }

  /** `half`: a router instance lost its servers during the drain. */
  private retired({ slot, entry, base, except, serving }: StepInput<'retire'>, fate: Fate): Parameters<ModelTask['end']>[0] {
    if (this.routers.share(slot) > 0) throw new Error(`${slot} was to be stopped while it had a share`);
    if (this.takes(entry, base, except) === 'refused') throw new Error(`${entry.generation} was refused, and nobody else is at work`);
    const unserved = fate === 'half' && serving.length > 0 ? 'b has no server' : null;
    return fate === 'bad' ? failed('TARGET_UNREACHABLE') : { ok: true, value: { inFlight: 0, forced: false, unserved, unwritten: [] } };
  }

  private takes(entry: RouterEntry, base: Generation, except: readonly string[] = []): 'taken' | 'refused' {
    const indexes = except.includes('b') ? [0] : [0, 1];
    return indexes.every((index) => this.routers.write(index, entry, base) === 'done') ? 'taken' : 'refused';
  }

  private openResult({ repairGeneration }: StepInput<'open'>): StepResult<'open'> {
    const found = this.routers.at(0).entry;
    const entry: RouterEntry = { ...found, generation: repairGeneration };
    if (this.takes(entry, found.generation) === 'refused') throw new Error('nobody else is at work when a deployment begins');
    const stableInstances = this.plan.stable ? [{ id: 's', address: '127.0.0.1:2' }] : [];
    return {
      entry, candidate: otherSlot(entry.stable), stableInstances, counters: { at: 1, marks: { a: '0' } }, repaired: null, maintenance: [], unwritten: [],
    };
  }

  private shiftResult(input: StepInput<'shift'>, fate: Fate): StepResult<'shift'> {
    if (fate === 'bad' && input.direction === 'back' && input.serving) return { outcome: 'stable-down', split: null, unreached: [], restored: [], detail: 'down', unwritten: [] };
    const written = fate === 'good' ? [0, 1] : fate === 'half' ? [0] : [];
    const results = written.map((index) => this.routers.write(index, input.entry, input.base));
    if (results.includes('pulled')) return { outcome: 'pulled', split: null, unreached: [], restored: [], detail: 'pulled', unwritten: [] };
    if (results.includes('conflict')) return { outcome: 'conflict', split: null, unreached: [], restored: [], detail: 'conflict', unwritten: [] };
    if (written.length < 2) { this.routers.pull(input.pull, written); return { outcome: 'unreached', split: null, unreached: ['b'], restored: [], detail: 'away', unwritten: [] }; }
    return { outcome: 'done', split: splitOf(input.entry), unreached: [], restored: [], detail: '', unwritten: [] };
  }

  private attendResult(input: StepInput<'attend'>, fate: Fate): StepResult<'attend'> {
    const away = fate === 'half' || fate === 'lost' ? ['b'] : [];
    const read = { atMs: this.runtime.now(), healthy: { blue: true, green: fate !== 'bad' }, unreachable: away, unserved: [], instances: ['a', 'b'] };
    if (input.mode === 'read') return { read, shifted: { outcome: 'unreached', split: null, unreached: [], restored: [], detail: '' }, unwritten: [] };
    const indexes = input.except.includes('b') || away.length > 0 ? [0] : [0, 1];
    const results = indexes.map((index) => this.routers.write(index, input.entry, input.mode === 'force' ? this.routers.at(index).entry.generation : input.base, input.mode === 'force' ? 'by a person' : 'by the run'));
    const complete = indexes.length === 2 || input.except.includes('b');
    const bad = results.find((result) => result === 'pulled') ?? results.find((result) => result === 'conflict');
    const outcome = bad ?? (complete ? 'done' : 'unreached');
    return { read, shifted: { outcome, split: outcome === 'done' ? splitOf(input.entry) : null, unreached: away, restored: [], detail: outcome }, unwritten: [] };
  }
}

function writeOf(task: ModelTask): { entry: RouterEntry; base: string } | undefined {
  if (task.name === 'watch') return (task.input as StepInput<'watch'>).shift;
  return task.name === 'shift' ? (task.input as StepInput<'shift'>) : undefined;
}

function verdict(kind: 'pass' | 'fail' | 'no-data' | 'error', rule = 'errors') {
  return { kind, findings: [{ rule, kind, text: rule }], at: '2026-01-01T00:00:00.000Z' } as const;
}

function watchEnded(end: WatchEnd, shifted: boolean): { ok: true; value: WatchResult } {
  return { ok: true, value: { end, known: { perSecond: 5 }, notes: [], unwritten: [], progress: { shifted, bakedMs: 0, extendedMs: 0, samples: 1, requests: 0, errors: 0, failures: {} } } };
}

function failed(code: string): { ok: false; code: string; text: string } {
  return { ok: false, code, text: code };
}
