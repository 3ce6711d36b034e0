import type { ControlState } from '../../domain/deployment/control-state.js';
import type { BackupPlan } from '../../domain/backup/plan.js';
import type { MadeBackup } from '../../domain/deployment/follow-up.js';
import type { Phase } from '../../domain/deployment/status.js';
import type { Place, Recorded, StepInput, StepName, StepResult, Steps } from '../../domain/deployment/steps.js';
import type { Outcome, Runtime, Task } from './runtime.js';
import type { RunState } from './run-state.js';
import { heardOfPersistence } from './persistence-news.js';
import { Work } from '../sequence/work.js';

/** One live run: its world, its memory, what people asked of it, and what is in flight. */
export class Run {
  readonly work: Work<Steps>;

  constructor(readonly runtime: Runtime, readonly state: RunState, readonly control: ControlState) {
    this.work = new Work(runtime, () => control.abort);
  }

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
    return this.work.start(name, whole, summary, (outcome) => {
      this.state.carry(outcome.ok ? outcome.value.unwritten : carried);
      if (outcome.ok && 'persistence' in outcome.value && outcome.value.persistence) heardOfPersistence(this, outcome.value.persistence);
    });
  }

  /** Starts a step and waits for it; an abort leaves it at once, with the step cancelled and still in flight. @throws Halt */
  async act<K extends StepName>(name: K, input: Omit<StepInput<K>, keyof Recorded>, summary: string): Promise<StepResult<K>> {
    return this.work.resultOf(this.start(name, input, summary));
  }

  /** The same where an abort changes nothing: on the way back, and past the point of no return. */
  async finish<K extends StepName>(name: K, input: Omit<StepInput<K>, keyof Recorded>, summary: string): Promise<Outcome<StepResult<K>>> {
    return this.work.endOf(this.start(name, input, summary));
  }

  /** Backs a source up, in a run of its own. @param news how far it is, null when it has ended */
  backUp(plan: BackupPlan, news: (text: string | null) => void): Task<MadeBackup> {
    return this.work.follow(plan, (settled) => this.runtime.backUp(plan, {
      says: news,
      settled: (outcome) => {
        settled();
        const { protection } = this.state.data;
        if (outcome.ok && protection) protection.backups = [...protection.backups, outcome.value];
        news(null);
        this.runtime.changed();
      },
    }));
  }

  isInFlight(name: StepName): boolean {
    return this.work.inFlight().some(({ task }) => task.name === name);
  }

  /** Notices go on: whoever is to be told is to be told all the more. */
  cancelSteps(): void {
    for (const { task } of this.work.inFlight()) if (task.name !== 'notify') task.cancel();
  }

  /** Takes the notices that have not been delivered yet out of this run, for another to deliver. */
  takeNotices(): readonly StepInput<'notify'>[] {
    const pending = this.work.inFlight().filter(({ task }) => task.name === 'notify');
    for (const { task } of pending) task.cancel();
    // What was started as a notice has a notice's input.
    return pending.map(({ input }) => input as StepInput<'notify'>);
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
