import { SlipwayError } from '../../domain/errors.js';
import type { Side } from '../source.js';

/** One database in memory, so to say. */
export interface FakeData {
  readonly rows: Map<string, string>;
  /** The run that stopped writes to it. */
  readOnlyFor: string | null;
}

export interface FakeRun {
  copy?: FakeData | undefined;
  old?: FakeData | undefined;
  state?: 'swapped' | 'taken-back' | undefined;
}

/** What is live, and what belongs to each run beside it. */
export class FakeRuns {
  live: FakeData;
  readonly #runs = new Map<string, FakeRun>();

  constructor(rows: Readonly<Record<string, string>>) {
    this.live = { rows: new Map(Object.entries(rows)), readOnlyFor: null };
  }

  of(run: string): FakeRun {
    const known = this.#runs.get(run) ?? {};
    this.#runs.set(run, known);
    return known;
  }

  /** @throws COPY_MISSING */
  side(side: Side | 'old', run: string): FakeData {
    if (side === 'live') return this.live;
    const data = this.of(run)[side];
    if (!data) throw new SlipwayError('COPY_MISSING', `There is no ${side} of the run ${run}.`);
    return data;
  }

  /** @returns whether it was done now. */
  swap(run: string): boolean {
    const one = this.of(run);
    if (one.state === 'taken-back') throw new SlipwayError('SWAP_FAILED', 'The swap of this run was taken back.');
    if (one.state === 'swapped') return false;
    const copy = this.side('copy', run);
    Object.assign(one, { old: this.live, copy: undefined, state: 'swapped' } satisfies FakeRun);
    this.live = copy;
    return true;
  }

  /** @returns whether it was done now. */
  swapBack(run: string): boolean {
    const one = this.of(run);
    const wasSwapped = one.state === 'swapped';
    if (wasSwapped) {
      const old = this.side('old', run);
      Object.assign(one, { copy: this.live, old: undefined } satisfies FakeRun);
      this.live = old;
    }
    one.state = 'taken-back';
    return wasSwapped;
  }

  allowWrites(run: string): void {
    for (const data of [this.live, this.of(run).copy, this.of(run).old]) if (data?.readOnlyFor === run) data.readOnlyFor = null;
  }

  /** Names of what is there beside the live data. */
  leftovers(): string[] {
    return [...this.#runs].flatMap(([run, one]) => (['copy', 'old'] as const).filter((what) => one[what] !== undefined).map((what) => `${what} of ${run}`));
  }
}
