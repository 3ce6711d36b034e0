/** One measured number, as `bench/results.json` keeps it. */
export interface Figure extends Measured {
  /** `value / baseline`; only where that says something. */
  readonly ratio?: number;
  /** Measures it again. */
  readonly command: string;
}

export interface Measured {
  readonly id: string;
  readonly value: number;
  readonly unit: string;
  /** How many times it was measured; of a count, in how many runs. */
  readonly n: number;
  /** The same unit, from the same run: what the machine or a bare program does. */
  readonly baseline?: number;
  /** What the value consists of, or how it is spread. */
  readonly detail?: Readonly<Record<string, number>>;
}

export interface Benchmark {
  /** The figures it measures, in one run. */
  readonly ids: readonly string[];
  /** Programs on PATH without which it cannot run. */
  readonly needs: readonly string[];
  run(room: Room): Promise<readonly Measured[]>;
}

/** What a benchmark is given. */
export interface Room {
  /** A folder of its own, gone afterwards. */
  readonly folder: string;
  /** What it does just now. */
  say(text: string): void;
  /** Undone in reverse order when the benchmark ends, however it ends. */
  later(end: () => Promise<unknown>): void;
}
