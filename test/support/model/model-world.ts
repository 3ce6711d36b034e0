import type { NameOf, Outcome, Runtime, StartOptions, StepMap, Task } from '../../../src/workflows/sequence/runtime.js';

/** Work in flight, as the driver of a model sees it. */
export interface WorldTask<S extends StepMap<S>, K extends NameOf<S> = NameOf<S>> {
  readonly name: K;
  readonly input: S[K][0];
  cancelled: boolean;
  ended: boolean;
  end(outcome: Outcome<S[K][1]>): void;
}

interface Waiter { condition: () => boolean; at: number; resolve: (held: boolean) => void }

/** A world without Temporal: time and outcomes move only when the driver says so. */
export class ModelWorld<S extends StepMap<S>> implements Runtime<S> {
  readonly tasks: WorldTask<S>[] = [];
  private waiters: Waiter[] = [];
  private time = 1_000_000;
  /** Its history has grown long. */
  isLong = false;

  now(): number { return this.time; }
  changed(): void { /* nobody looks */ }
  shouldContinue(): boolean { return this.isLong; }

  until(condition: () => boolean, deadline?: { readonly ms: number }): Promise<boolean> {
    if (condition()) return Promise.resolve(true);
    return new Promise((resolve) => { this.waiters.push({ condition, resolve, at: deadline ? this.time + deadline.ms : Number.POSITIVE_INFINITY }); });
  }

  start<K extends NameOf<S>>(name: K, input: S[K][0], options: StartOptions<S[K][1]>): Task<S[K][1]> {
    let outcome: Outcome<S[K][1]> | undefined;
    const task: WorldTask<S> = {
      name, input, cancelled: false, ended: false,
      end: (value) => {
        if (task.ended) return;
        task.ended = true;
        // The driver answers each step with that step's result.
        outcome = value as Outcome<S[K][1]>;
        options.settled(outcome);
      },
    };
    this.tasks.push(task);
    return { name, get outcome() { return outcome; }, cancel: () => { task.cancelled = true; } };
  }

  live(): readonly WorldTask<S>[] { return this.tasks.filter((task) => !task.ended); }

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
