/** The steps of a kind of sequence: of each its input and its result, plain data both. */
export type StepMap<S> = { [K in keyof S]: [input: object, result: object] };

export type NameOf<S> = keyof S & string;

/**
 * What a sequence needs of the world it runs in. Temporal is one; the model of a property test is another.
 */
export interface Runtime<S extends StepMap<S>> {
  /** Milliseconds since the epoch, the same on every replay. */
  now(): number;
  /** Waits until `condition` holds or the time is over. @returns whether it holds. */
  until(condition: () => boolean, deadline?: { readonly ms: number; readonly summary: string }): Promise<boolean>;
  start<K extends NameOf<S>>(name: K, input: S[K][0], options: StartOptions<S[K][1]>): Task<S[K][1]>;
  /** Something a viewer sees has changed. */
  changed(): void;
  /** History is long: the run should go on in a new one, where the sequence allows it. */
  shouldContinue(): boolean;
}

export interface StartOptions<T> {
  readonly summary: string;
  readonly settled: (outcome: Outcome<T>) => void;
}

/** Work in flight. `outcome` is there once it has ended, in whatever way. */
export interface Task<T> {
  readonly name: string;
  readonly outcome: Outcome<T> | undefined;
  cancel(): void;
}

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: string; readonly text: string };
