import type { Resolution } from '../../domain/backup/restore-control.js';
import type { BackupSteps } from '../../domain/backup/steps.js';
import { enter, type RestoreRun, stepInput, tell } from './restore-run.js';

const MINUTE = 60_000;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 10 * MINUTE;
/** A history has an end, and a run with it: where it has grown long, months must fit into the rest. */
const SPARING_PAUSE_MS = 60 * MINUTE;
const REMIND_EVERY_MS = 15 * MINUTE;

/** Ever longer pauses between two tries, in which people are told again and again what is in the way. */
export class Patience {
  private pauseMs = FIRST_PAUSE_MS;
  private toldAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly run: RestoreRun) {}

  async pause(reason: string, enough: () => boolean, leftMs = Number.POSITIVE_INFINITY): Promise<void> {
    const { runtime } = this.run.work;
    this.run.state.waitsFor = reason;
    runtime.changed();
    this.remind(reason);
    const ms = Math.min(runtime.shouldContinue() ? SPARING_PAUSE_MS : this.pauseMs, leftMs);
    this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
    await runtime.until(enough, { ms, summary: 'until the next try' });
    this.run.state.waitsFor = null;
  }

  private remind(reason: string): void {
    const now = this.run.work.runtime.now();
    if (now - this.toldAt < REMIND_EVERY_MS) return;
    this.toldAt = now;
    tell(this.run, 'needs-attention', `restore ${this.run.state.input.restore} waits for ${reason}`);
  }
}

/** What a restore does not leave undone. */
export type Persistent = 'quiesce' | 'unquiesce' | 'swapBack' | 'dropCopy' | 'dropOld';

export interface Attempts<K extends Persistent> {
  readonly step: K;
  readonly summary: string;
  /** What people read while it does not work: `the data cannot be swapped back`. */
  readonly trouble: string;
  /** What must hold at each try. */
  readonly first?: () => Promise<void>;
  /** @default for as long as it takes */
  readonly withinMs?: number;
}

/** How it ended. `resolved`: a person sees to it; `over`: the time is over. */
export type Tried<K extends Persistent> =
  | { readonly end: 'done'; readonly value: BackupSteps[K][1] }
  | { readonly end: 'resolved'; readonly by: Resolution }
  | { readonly end: 'over'; readonly why: string };

/** Tries a step until it is done. In between the restore needs attention, and a resolve ends it by hand. */
export async function keepTrying<K extends Persistent>(run: RestoreRun, attempts: Attempts<K>): Promise<Tried<K>> {
  const { phase } = run.state;
  const tried = await tryOn(run, attempts);
  if (run.state.phase !== phase) {
    run.control.enter('working');
    enter(run, phase);
  }
  return tried;
}

async function tryOn<K extends Persistent>(run: RestoreRun, { step, summary, trouble, first, withinMs = Number.POSITIVE_INFINITY }: Attempts<K>): Promise<Tried<K>> {
  const { control, work } = run;
  const patience = new Patience(run);
  const until = work.runtime.now() + withinMs;
  for (;;) {
    await first?.();
    const outcome = await work.finish(step, stepInput(run), summary);
    if (outcome.ok) return { end: 'done', value: outcome.value };
    const leftMs = until - work.runtime.now();
    if (leftMs <= 0) return { end: 'over', why: `${outcome.text} (${outcome.code})` };
    control.enter('attention');
    enter(run, 'needs-attention');
    await patience.pause(`a resolve: ${trouble}: ${outcome.text} (${outcome.code})`, () => control.resolution !== null, leftMs);
    if (control.resolution) return { end: 'resolved', by: control.resolution };
  }
}
