import type { ControlState } from '../../domain/deployment/control-state.js';
import type { BackupPlan } from '../../domain/backup/plan.js';
import type { MadeBackup } from '../../domain/deployment/follow-up.js';
import type { Cause, Phase } from '../../domain/deployment/status.js';
import type { Place, Recorded, StepInput, StepName, StepResult } from '../../domain/deployment/steps.js';
import type { Outcome, Runtime, Task } from './runtime.js';
import type { RunState } from './run-state.js';

/** The sequence cannot go on; it goes back. */
export class Halt extends Error {
  constructor(readonly why: Cause) {
    super(why.text);
    this.name = 'Halt';
  }
}

/** A wait that people must end, or that has no end of its own. */
export interface Deadline {
  readonly ms: number;
  readonly summary: string;
}

/** One live run: its world, its memory, what people asked of it, and what is in flight. */
export class Run {
  private readonly inFlight = new Map<Task<unknown>, object>();

  constructor(readonly runtime: Runtime, readonly state: RunState, readonly control: ControlState) {}

  get place(): Place {
    const { service, environment, candidate } = this.state.plan;
    return { service, environment, router: candidate.router.use, backend: candidate.router.backend, deployment: this.state.deployment };
  }

  setPhase(phase: Phase, waitsFor: string | null = null): void {
    if (this.state.data.phase !== phase) this.state.event('phase', `phase ${phase}`, this.runtime.now());
    this.state.data.phase = phase;
    this.state.data.waitsFor = waitsFor;
    this.runtime.changed();
  }

  milestone(name: string): void {
    this.state.milestone(name, this.runtime.now());
  }

  note(text: string): void {
    this.state.note(text);
    this.state.event('note', text, this.runtime.now());
    this.runtime.changed();
  }

  start<K extends StepName>(name: K, input: Omit<StepInput<K>, keyof Recorded>, summary: string): Task<StepResult<K>> {
    const carried = this.state.takeCarried();
    const recorded: Recorded = { status: this.state.nextStatus(this.control, this.runtime.now()), carried };
    // The two halves make up the input by construction; TypeScript cannot add up an Omit of a type parameter.
    const whole = { ...input, ...recorded } as unknown as StepInput<K>;
    const task = this.runtime.start(name, whole, {
      summary,
      settled: (outcome) => {
        this.inFlight.delete(task);
        this.state.carry(outcome.ok ? outcome.value.unwritten : carried);
      },
    });
    this.inFlight.set(task, whole);
    return task;
  }

  /** Backs a source up, in a run of its own. @param news how far it is, null when it has ended */
  backUp(plan: BackupPlan, news: (text: string | null) => void): Task<MadeBackup> {
    const task = this.runtime.backUp(plan, {
      says: news,
      settled: (outcome) => {
        this.inFlight.delete(task);
        const { protection } = this.state.data;
        if (outcome.ok && protection) protection.backups = [...protection.backups, outcome.value];
        news(null);
        this.runtime.changed();
      },
    });
    this.inFlight.set(task, plan);
    return task;
  }

  isInFlight(name: StepName): boolean {
    return [...this.inFlight.keys()].some((task) => task.name === name);
  }

  /** Starts a step and waits for it; an abort leaves it at once, with the step cancelled and still in flight. @throws Halt */
  async act<K extends StepName>(name: K, input: Omit<StepInput<K>, keyof Recorded>, summary: string): Promise<StepResult<K>> {
    return this.resultOf(this.start(name, input, summary));
  }

  /** The same for a step that was started before. @throws Halt */
  async resultOf<T>(task: Task<T>): Promise<T> {
    await this.runtime.until(() => task.outcome !== undefined || this.control.abort !== null);
    if (this.control.abort) {
      task.cancel();
      throw new Halt(this.control.abort);
    }
    return valueOf(task.outcome);
  }

  /** The same where an abort changes nothing: on the way back, and past the point of no return. */
  async finish<T>(task: Task<T>): Promise<Outcome<T>> {
    await this.runtime.until(() => task.outcome !== undefined);
    return task.outcome ?? { ok: false, code: 'INTERNAL', text: 'the step has no outcome' };
  }

  /** Notices go on: whoever is to be told is to be told all the more. */
  cancelSteps(): void {
    for (const task of this.inFlight.keys()) if (task.name !== 'notify') task.cancel();
  }

  /** Takes the notices that have not been delivered yet out of this run, for another to deliver. */
  takeNotices(): readonly StepInput<'notify'>[] {
    const pending = [...this.inFlight].filter(([task]) => task.name === 'notify');
    for (const [task] of pending) task.cancel();
    // What was started as a notice has a notice's input.
    return pending.map(([, input]) => input as StepInput<'notify'>);
  }

  /** Waits for everything in flight but `others`, bounded. @returns whether all has ended. */
  joinAll(deadline: Deadline, others: readonly string[] = []): Promise<boolean> {
    return this.runtime.until(() => [...this.inFlight.keys()].every((task) => others.includes(task.name)), deadline);
  }

  tell(kind: string, text: string): void {
    this.start('notify', { plan: this.state.plan, kind, text }, `notify: ${kind}`);
  }

  /** Waits for people: that time counts apart. */
  async waiting<T>(waitsFor: string, body: () => Promise<T>): Promise<T> {
    const { data } = this.state;
    const outermost = data.waitingSinceMs === null;
    if (outermost) data.waitingSinceMs = this.runtime.now();
    try {
      return await this.busy(waitsFor, body);
    } finally {
      if (outermost) this.stopWaiting();
    }
  }

  /** Work that may take long: says what it waits for. */
  async busy<T>(waitsFor: string, body: () => Promise<T>): Promise<T> {
    const { data } = this.state;
    const outer = data.waitsFor;
    this.waitsFor(waitsFor);
    try {
      return await body();
    } finally {
      this.waitsFor(outer);
    }
  }

  waitsFor(text: string | null): void {
    this.state.data.waitsFor = text;
    this.runtime.changed();
  }

  private stopWaiting(): void {
    const { data } = this.state;
    if (data.waitingSinceMs !== null) data.waitingMs += this.runtime.now() - data.waitingSinceMs;
    data.waitingSinceMs = null;
  }
}

function valueOf<T>(outcome: Outcome<T> | undefined): T {
  if (outcome?.ok) return outcome.value;
  throw new Halt({ code: outcome?.code ?? 'INTERNAL', by: 'slipway', text: outcome?.text ?? 'the step has no outcome' });
}
