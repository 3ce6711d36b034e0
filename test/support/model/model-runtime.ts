import type { BackupPlan } from '../../../src/domain/backup/plan.js';
import type { MadeBackup } from '../../../src/domain/deployment/follow-up.js';
import type { StepInput, StepName, StepResult } from '../../../src/domain/deployment/steps.js';
import type { Outcome, Runtime, Task } from '../../../src/workflows/deployment/runtime.js';
import type { StartOptions } from '../../../src/workflows/sequence/runtime.js';

/** A step or a backup in flight, as the driver of the model sees it. */
export interface ModelTask {
  readonly name: StepName | 'backup';
  readonly input: StepInput<StepName> | BackupPlan;
  cancelled: boolean;
  ended: boolean;
  /** A watch whose shift reached the routers. */
  shifted: boolean;
  end(outcome: Outcome<StepResult<StepName> | MadeBackup>): void;
}

interface Waiter { condition: () => boolean; at: number; resolve: (held: boolean) => void }

/** A world without Temporal: time and outcomes move only when the driver says so. */
export class ModelRuntime implements Runtime {
  readonly tasks: ModelTask[] = [];
  /** What began and ended, in order. */
  readonly log: string[] = [];
  readonly recordedLater: StepInput<'record'>[] = [];
  private waiters: Waiter[] = [];
  private time = 1_000_000;
  continues = false;

  now(): number { return this.time; }
  changed(): void { /* nobody looks */ }
  shouldContinue(): boolean { return this.continues; }
  recordLater(input: StepInput<'record'>, _notices: readonly StepInput<'notify'>[]): Promise<void> { this.recordedLater.push(input); return Promise.resolve(); }

  until(condition: () => boolean, deadline?: { readonly ms: number }): Promise<boolean> {
    if (condition()) return Promise.resolve(true);
    return new Promise((resolve) => { this.waiters.push({ condition, resolve, at: deadline ? this.time + deadline.ms : Number.POSITIVE_INFINITY }); });
  }

  start<K extends StepName>(name: K, input: StepInput<K>, options: StartOptions<StepResult<K>>): Task<StepResult<K>> {
    return this.begin(name, input, options);
  }

  backUp(plan: BackupPlan, options: Pick<StartOptions<MadeBackup>, 'settled'>): Task<MadeBackup> {
    const task = this.begin('backup', plan, options);
    const [begun] = this.tasks.slice(-1);
    return {
      name: 'backup', get outcome() { return task.outcome; },
      cancel: () => { task.cancel(); begun?.end({ ok: false, code: 'CANCELLED', text: 'cancelled' }); },
    };
  }

  private begin<T>(name: ModelTask['name'], input: ModelTask['input'], { settled }: Pick<StartOptions<T>, 'settled'>): Task<T> {
    let outcome: Outcome<T> | undefined;
    const task: ModelTask = {
      name, input, cancelled: false, ended: false, shifted: false,
      end: (value) => {
        if (task.ended) return;
        task.ended = true;
        this.log.push(`${labelOf(task)} ends ${value.ok ? 'well' : 'badly'}`);
        // The driver answers each step with that step's result.
        outcome = value as Outcome<T>;
        settled(outcome);
      },
    };
    this.tasks.push(task);
    this.log.push(`${labelOf(task)} begins`);
    return { name, get outcome() { return outcome; }, cancel: () => { task.cancelled = true; } };
  }

  live(): ModelTask[] { return this.tasks.filter((task) => !task.ended); }

  /** Lets everything that can go on go on. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet += 1) {
      await new Promise((resolve) => { setImmediate(resolve); });
      const ready = this.waiters.filter((waiter) => waiter.condition());
      if (ready.length === 0) continue;
      quiet = -1;
      this.waiters = this.waiters.filter((waiter) => !ready.includes(waiter));
      for (const waiter of ready) waiter.resolve(true);
    }
  }

  /** Time passes until the next deadline. @returns false when nothing waits for time. */
  async advance(): Promise<boolean> {
    const at = Math.min(...this.waiters.map((waiter) => waiter.at));
    if (!Number.isFinite(at)) return false;
    this.time = Math.max(this.time, at);
    const due = this.waiters.filter((waiter) => waiter.at <= this.time);
    this.waiters = this.waiters.filter((waiter) => !due.includes(waiter));
    for (const waiter of due) waiter.resolve(waiter.condition());
    await this.settle();
    return true;
  }
}

/** `expand`, `retire green`, else the step's name. */
export function labelOf({ name, input }: ModelTask): string {
  if (name === 'migrate' && 'migration' in input) return input.migration;
  return name === 'retire' && 'slot' in input ? `retire ${input.slot}` : name;
}
