import type { KnownTraffic } from '../../domain/analysis/known-traffic.js';
import { reasonOf } from '../../domain/analysis/verdict.js';
import { gateAddress, type PlanGate } from '../../domain/deployment/plan.js';
import { heartbeatTimeoutMs, type WatchEnd, type WatchInput, type WatchProgress, type WatchResult } from '../../domain/deployment/watching.js';
import type { RouterEntry } from '../../domain/router/entry.js';
import { watchQueue } from '../../domain/task-queues.js';
import { askingGate, standAtGate, timedOut } from './gate.js';
import { haltOf } from './halt-of.js';
import type { Run } from './run.js';
import { type Deadline, Halt } from '../sequence/work.js';
import type { Task } from './runtime.js';

const SHIFT_TIMEOUT_MS = 20_000;
/** Longer than any shift takes. */
const TAKEN_UP_MS = 30_000;

/** What a watch does beside watching. */
export interface Watching {
  readonly summary: string;
  /** null: open-ended. */
  readonly bakeMs: number | null;
  readonly endsOnceJudged?: true;
  readonly shift?: RouterEntry;
  readonly progress?: WatchProgress;
}

/**
 * The part of a run in which the candidate has traffic: at any time one watch runs, and whatever it finds is acted on here.
 * A new watch is started before the old one is cancelled, so that there is no gap between them.
 */
export class Watched {
  private live: Task<WatchResult> | undefined;
  /** Cancelled, not yet ended: what it found on its way out still counts. */
  private leaving: readonly Task<WatchResult>[] = [];
  private firstShift = true;
  /** The newest shift asked for. */
  private held: RouterEntry | undefined;
  private takenUp = false;
  /** What the watches have learned so far. */
  private known: KnownTraffic | undefined;

  constructor(private readonly run: Run) {}

  /** Shifts to `entry` and watches until the bake's end. A `cutsShort` of the control ends it early. @throws Halt */
  async bake(entry: RouterEntry, bakeMs: number, summary: string): Promise<void> {
    const { control, runtime, state } = this.run;
    let watching: Watching = { summary, bakeMs, shift: entry };
    state.data.share = entry.candidateShare;
    state.data.moved = true;
    for (;;) {
      const task = this.begin(watching);
      const over = (): boolean => this.ended(task) || (control.cutsShort && state.data.confirmed === entry.generation);
      await this.untilTakenUp(() => over() || state.data.confirmed === entry.generation);
      await runtime.until(over);
      this.guard();
      // The watch goes on until the next one runs: cutting a bake short must not leave its share alone.
      if (!task.outcome) return this.run.note(`step ${control.step}: the bake was cut short`);
      const result = this.resultOf(task);
      if ((await this.decide(result)) === 'go') return;
      watching = { summary, bakeMs, progress: result.progress, ...(result.progress.shifted ? {} : { shift: entry }) };
    }
  }

  /**
   * Waits for people; while the candidate has traffic it is watched.
   *
   * @param judgedAgain called once the candidate can be judged, for whoever waits for that too
   * @returns whether the condition came before the deadline. @throws Halt
   */
  async hold(condition: () => boolean, summary: string, deadline?: Deadline, judgedAgain?: () => void): Promise<boolean> {
    const { runtime, state } = this.run;
    const until = deadline && { at: runtime.now() + deadline.ms, summary: deadline.summary };
    let own: Task<WatchResult> | undefined;
    for (;;) {
      // One that another gate left behind would not end once it can judge.
      const lacking = !this.live || (judgedAgain !== undefined && this.live !== own);
      if (state.data.share > 0 && lacking) own = this.begin({ summary, bakeMs: null, ...(judgedAgain && { endsOnceJudged: true }) });
      const task = this.live;
      const left = until && { ms: Math.max(0, until.at - runtime.now()), summary: until.summary };
      const inTime = await runtime.until(() => this.ended(task) || condition(), left);
      this.guard();
      if (condition()) return true;
      if (task?.outcome) {
        const result = this.resultOf(task);
        if (result.end.ended === 'complete' && judgedAgain) return judgedAgain(), true;
        await this.decideInHold(result);
      } else if (!inTime) return false;
    }
  }

  async holdWhilePaused(): Promise<void> {
    const { control } = this.run;
    if (!control.paused) return;
    await this.run.waiting('paused: waits for a resume', () => this.hold(() => !control.paused, 'watch while paused'));
  }

  /** Waits for the gate's approvals. @throws Halt when it is rejected or its time is over. */
  async pass(gate: PlanGate, address: string, reason: string): Promise<void> {
    const { control } = this.run;
    const asked = { gate, address, reason };
    const decidedIn = (deadline: Deadline): Promise<boolean> => this.hold(() => control.hasPassed(address), watchAt(address), deadline);
    if (!(await standAtGate(this.run, asked, decidedIn))) throw timedOut(asked);
  }

  /** The first watch of a run shows whether anybody watches at all: silence is said, and waited out. */
  private async untilTakenUp(condition: () => boolean): Promise<void> {
    if (this.takenUp) return;
    this.takenUp = true;
    const { runtime, state } = this.run;
    if (await runtime.until(condition, { ms: TAKEN_UP_MS, summary: 'a worker takes up the watch' })) return;
    this.run.note(`no worker has taken up the queue ${watchQueue(state.plan.site)} yet: the candidate gets no traffic before one does`);
  }

  /** The last watch ends: the roles change, or the run goes back. Not waited for. */
  stop(): void {
    if (this.live) this.retireWatch(this.live);
    this.live = undefined;
  }

  /** What watches that were cancelled had to say on their way out. */
  lastNotes(): readonly string[] {
    return this.leaving.flatMap(({ outcome }) => (outcome?.ok ? outcome.value.notes : []));
  }

  private begin(watching: Watching): Task<WatchResult> {
    const before = this.live;
    this.live = this.run.start('watch', this.inputOf(watching), watching.summary);
    if (before) this.retireWatch(before);
    if (watching.shift) this.firstShift = false;
    this.held = watching.shift ?? this.held;
    this.run.runtime.changed();
    return this.live;
  }

  private retireWatch(task: Task<WatchResult>): void {
    task.cancel();
    this.leaving = [...this.leaving.filter((each) => !each.outcome), task];
  }

  /** Aborts count too, and a breach that a leaving watch still found. */
  private ended(task: Task<WatchResult> | undefined): boolean {
    return task?.outcome !== undefined || this.run.control.abort !== null || this.foundOnTheWayOut() !== undefined;
  }

  private guard(): void {
    const { abort } = this.run.control;
    if (abort) throw new Halt(abort);
    const found = this.foundOnTheWayOut();
    if (found) this.refuse(found);
  }

  private foundOnTheWayOut(): WatchEnd | undefined {
    return this.leaving.map((task) => (task.outcome?.ok ? task.outcome.value.end : undefined))
      .find((end) => end?.ended === 'pulled' || (end?.ended === 'breach' && end.pulled !== null));
  }

  private resultOf(task: Task<WatchResult>): WatchResult {
    if (this.live === task) this.live = undefined;
    const { outcome } = task;
    if (outcome?.ok) {
      for (const note of outcome.value.notes) this.run.note(note);
      this.known = outcome.value.known ?? this.known;
      return outcome.value;
    }
    throw new Halt({ code: outcome?.code ?? 'INTERNAL', by: 'slipway', text: `the watch failed: ${outcome?.text ?? 'no outcome'}` });
  }

  /** Of a bake that was cut short its end means nothing any more; everything else does. */
  private async decideInHold(result: WatchResult): Promise<void> {
    if (result.end.ended !== 'no-data' && result.end.ended !== 'complete') await this.decide(result);
  }

  /** `go`: the bake is over. `again`: it goes on. @throws Halt */
  private async decide({ end }: WatchResult): Promise<'go' | 'again'> {
    const step = this.run.control.step;
    if ('verdict' in end) this.run.state.verdict(step, end.verdict);
    switch (end.ended) {
      case 'complete': return 'go';
      case 'no-data': await this.ask('no-data', reasonOf(end.verdict)); return 'go';
      case 'breach': return this.breached(end);
      case 'error': return this.unjudged(reasonOf(end.verdict));
      default: return this.refuse(end);
    }
  }

  private async breached(end: WatchEnd & { ended: 'breach' }): Promise<'again'> {
    if (end.pulled) return this.refuse(end);
    const rules = end.verdict.findings.filter(({ kind }) => kind === 'fail').map(({ rule }) => rule);
    // Waived from now on, not from the approval on: a breach that lasts would end each watch that guards the open gate.
    this.run.state.data.waived = [...this.run.state.data.waived, ...rules];
    await this.ask('breach', reasonOf(end.verdict));
    return 'again';
  }

  /** People decide, unless judging works again before they do: then the bake goes on where it was. */
  private async unjudged(reason: string): Promise<'go' | 'again'> {
    if (this.run.state.plan.analysis.onError === 'rollback') throw new Halt({ code: 'JUDGE_ERROR', by: 'watch', text: reason });
    const { control } = this.run;
    const address = gateAddress(control.step, 'error');
    let judged = false;
    const decidedIn = (deadline: Deadline): Promise<boolean> => (
      this.hold(() => judged || control.hasPassed(address), watchAt(address), deadline, () => void (judged = true))
    );
    const asked = { gate: askingGate(this.run, 'error'), address, reason };
    if (!(await standAtGate(this.run, asked, decidedIn))) throw timedOut(asked);
    if (!judged) return 'go';
    const text = `gate ${address} closed by itself: the candidate can be judged again, and its bake goes on`;
    this.run.note(text);
    this.run.tell('note', text);
    return 'again';
  }

  private async ask(name: string, reason: string): Promise<void> {
    const { control, runtime } = this.run;
    const address = gateAddress(control.step, name);
    const asked = control.gates.find((gate) => gate.address === address);
    if (!asked) return this.pass(askingGate(this.run, name), address, reason);
    // Who waits for this gate waits further out: one decision, on both reasons.
    control.open({ ...asked, reason: `${asked.reason}; ${reason}` });
    this.run.tell('gate-opened', `Gate ${address} waits for more: ${reason}`);
    runtime.changed();
  }

  private refuse(end: WatchEnd): never {
    if (end.ended === 'breach') this.run.state.data.breachToZeroMs = end.pulled?.breachToZeroMs ?? null;
    throw haltOf(end);
  }

  private inputOf({ bakeMs, shift, progress, endsOnceJudged }: Watching): Omit<WatchInput, 'carried'> {
    const { state, control, place } = this.run;
    const { plan, opened } = state;
    const { candidate, stable } = plan;
    const base = opened.entry.generation;
    return {
      ...place, step: control.step, generations: state.pullable(), analysis: plan.analysis, bakeMs, waived: state.data.waived,
      except: control.dropped, heartbeatTimeoutMs: heartbeatTimeoutMs(bakeMs),
      slots: {
        stable: { slot: state.stableSlot, instances: opened.stableInstances, health: (stable ?? candidate).health, version: stable?.version ?? '' },
        candidate: { slot: state.candidateSlot, instances: state.data.candidateInstances, health: candidate.health, version: candidate.version },
      },
      ...(endsOnceJudged ? { endsOnceJudged } : {}),
      ...(progress ? { progress } : {}),
      ...(state.data.notPersisted === undefined ? {} : { toldPersisted: 'no' as const }),
      ...(this.known ? { known: this.known } : {}),
      ...(!this.known && opened.counters ? { opened: opened.counters } : {}),
      ...(shift ? { shift: { entry: shift, base, clearOthers: this.firstShift, timeoutMs: SHIFT_TIMEOUT_MS } } : {}),
      ...(this.held && !shift ? { held: { entry: this.held, base } } : {}),
    };
  }
}

function watchAt(address: string): string {
  return `watch while gate ${address} is open`;
}
