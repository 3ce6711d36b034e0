import type { Cause } from '../../domain/deployment/status.js';
import type { NameOf, Outcome, Runtime, StepMap, Task } from './runtime.js';

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

/** The steps of one run, those in flight, and the wish to stop that leaves them. */
export class Work<S extends StepMap<S>> {
  private readonly begun = new Map<Task<unknown>, object>();

  constructor(readonly runtime: Runtime<S>, private readonly abort: () => Cause | null) {}

  /** @param ended told before anybody who waits for it */
  start<K extends NameOf<S>>(name: K, input: S[K][0], summary: string, ended?: (outcome: Outcome<S[K][1]>) => void): Task<S[K][1]> {
    return this.follow(input, (settled) => this.runtime.start(name, input, {
      summary,
      settled: (outcome) => {
        settled();
        ended?.(outcome);
      },
    }));
  }

  /** Counts work that is no step as in flight until it calls `settled`. */
  follow<T>(input: object, begin: (settled: () => void) => Task<T>): Task<T> {
    const task = begin(() => { this.begun.delete(task); });
    this.begun.set(task, input);
    return task;
  }

  /** What has begun and not ended, oldest first, each with what it was given. */
  inFlight(): readonly { readonly task: Task<unknown>; readonly input: object }[] {
    return [...this.begun].map(([task, input]) => ({ task, input }));
  }

  /** Starts a step and waits for it; an abort leaves it at once, with the step cancelled and still in flight. @throws Halt */
  async act<K extends NameOf<S>>(name: K, input: S[K][0], summary: string): Promise<S[K][1]> {
    return this.resultOf(this.start(name, input, summary));
  }

  /** The same for work that was started elsewhere. @throws Halt */
  async resultOf<T>(task: Task<T>): Promise<T> {
    await this.runtime.until(() => task.outcome !== undefined || this.abort() !== null);
    const why = this.abort();
    if (why) {
      task.cancel();
      throw new Halt(why);
    }
    if (task.outcome?.ok) return task.outcome.value;
    throw new Halt({ code: task.outcome?.code ?? 'INTERNAL', by: 'slipway', text: task.outcome?.text ?? 'the step has no outcome' });
  }

  /** Starts a step and waits for it where an abort changes nothing: on the way back, and past the point of no return. */
  async finish<K extends NameOf<S>>(name: K, input: S[K][0], summary: string): Promise<Outcome<S[K][1]>> {
    return this.endOf(this.start(name, input, summary));
  }

  /** The same for work that was started elsewhere. */
  async endOf<T>(task: Task<T>): Promise<Outcome<T>> {
    await this.runtime.until(() => task.outcome !== undefined);
    return task.outcome ?? { ok: false, code: 'INTERNAL', text: 'the step has no outcome' };
  }

  /** Waits for everything in flight but `others`, bounded. @returns whether all has ended. */
  joinAll(deadline: Deadline, others: readonly NameOf<S>[] = []): Promise<boolean> {
    const names: readonly string[] = others;
    return this.runtime.until(() => this.inFlight().every(({ task }) => names.includes(task.name)), deadline);
  }
}
