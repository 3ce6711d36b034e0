import { ulid } from 'ulid';
import type { Proof } from '../../../src/domain/backup/restore-status.js';
import type { RestorePlan } from '../../../src/domain/backup/plan.js';
import { RestoreControl } from '../../../src/domain/backup/restore-control.js';
import type { RestoreControlKind } from '../../../src/domain/backup/restore-message.js';
import type { BackupSteps, Telling } from '../../../src/domain/backup/steps.js';
import type { HeldAnswer, BackupOutcome } from '../../../src/workflows/backup/input.js';
import { holdLost, type RestoreRun, type SafetyBackup } from '../../../src/workflows/backup/restore-run.js';
import { bringBack } from '../../../src/workflows/backup/restore-sequence.js';
import type { RestoreEnd } from '../../../src/workflows/backup/restore-ending.js';
import { RestoreState } from '../../../src/workflows/backup/restore-state.js';
import type { Outcome } from '../../../src/workflows/sequence/runtime.js';
import { Work } from '../../../src/workflows/sequence/work.js';
import { A_SUMMARY } from '../backup-plans.js';
import { ModelWorld, type WorldTask } from './model-world.js';

type StepTask = WorldTask<BackupSteps>;

/** How the driver ends a step: `lost` did its work and answered with a failure all the same. */
export type Ending = 'ok' | 'failed' | 'lost' | 'unproven';

/** What a restore does to the world, and what must never be. */
export class RestoreModel {
  readonly world = new ModelWorld<BackupSteps>();
  readonly control: RestoreControl;
  readonly run: RestoreRun;
  readonly broken: string[] = [];
  live: 'old' | 'restored' = 'old';
  held = false;
  writable = true;
  safety = false;
  proven = false;
  droppedOld = false;
  private copied = false;
  /** Each time it asked for its services. */
  readonly takes: { readonly first: string | undefined; readonly atMs: number }[] = [];
  answer: HeldAnswer | null = null;
  /** In runs of their own. */
  readonly toldApart: Telling[] = [];
  ended: RestoreEnd | null = null;
  backups: { end: (outcome: Outcome<BackupOutcome>) => void; began: boolean; mayRead: boolean; done: boolean }[] = [];
  private messages = 0;
  readonly finished: Promise<void>;

  constructor(readonly plan: RestorePlan, private readonly busy: () => boolean) {
    const input = { restore: ulid(), plan, by: { name: 'ann', roles: [] } };
    this.control = new RestoreControl(input.restore, 'ann');
    const services = (): readonly string[] => (this.held ? plan.holds : []);
    this.run = {
      state: new RestoreState(input, this.world.now()), control: this.control, work: new Work(this.world, () => this.control.abort),
      holds: {
        get services() { return services(); },
        take: async (first) => {
          this.takes.push({ first, atMs: this.world.now() });
          if (!this.held && this.busy()) return plan.holds[0] ?? null;
          this.held = true;
          return null;
        },
        release: async () => { this.held = false; },
      },
      backUp: () => this.backUp(),
      answerHeld: (answer) => { this.answer ??= answer; },
      tellApart: async (telling) => void this.toldApart.push(telling),
    };
    this.finished = bringBack(this.run).then((end) => { this.ended = end; });
  }

  /** Ends one step in flight, with what that does to the world. */
  end(task: StepTask, ending: Ending): void {
    if (ending !== 'failed') this.effect(task);
    if (ending === 'failed' || ending === 'lost') task.end({ ok: false, code: task.cancelled ? 'CANCELLED' : 'ENGINE_FAILED', text: `${task.name} ${ending}` });
    else task.end({ ok: true, value: this.resultOf(task, ending) });
  }

  /** First it gets its turn; it ends only after it was allowed to read. */
  endBackup(ending: Ending): void {
    const backup = this.backups.find(({ done }) => !done);
    if (!backup) return;
    if (!backup.began) {
      backup.began = true;
      return;
    }
    if (!backup.mayRead) return;
    backup.done = true;
    this.safety = ending === 'ok';
    const phase = ending === 'ok' ? 'succeeded' : 'failed';
    backup.end({ ok: true, value: { backup: 'b', phase, code: phase === 'failed' ? 'ENGINE_FAILED' : null, text: phase } });
  }

  send(kind: RestoreControlKind, live: 'old' | 'restored'): void {
    this.messages += 1;
    const by = { name: `person ${this.messages}`, roles: ['admin'] };
    this.control.apply({ kind, id: `m${this.messages}`, restore: this.run.state.input.restore, by, live }, { proven: true, nowMs: this.world.now() });
  }

  /** Somebody ends the holds in Temporal. */
  loseHolds(): void {
    if (!this.held) return;
    this.held = false;
    for (const service of this.plan.holds) holdLost(this.run, service);
  }

  /** Everything works at once, unless told otherwise, until `enough`. */
  async goOnUntil(enough: () => boolean, endingOf: (name: string) => Ending = () => 'ok'): Promise<void> {
    for (let round = 0; round < 400 && this.ended === null; round += 1) {
      await this.world.settle();
      if (enough()) return;
      for (const task of this.world.live()) this.end(task, endingOf(task.name));
      this.endBackup('ok');
      await this.world.settle();
      if (!enough() && this.world.live().length === 0) await this.world.advance();
    }
  }

  /** What nobody would ever clean up. */
  leftovers(): readonly string[] {
    const { state } = this.run;
    if (state.leaveAll || state.status(this.control).notes.some((note) => note.includes('drops by hand'))) return [];
    return [...(this.live === 'old' && this.copied ? ['the copy'] : []), ...(this.live === 'restored' && !this.droppedOld ? ['the old data'] : [])];
  }

  expect(holds: boolean, rule: string): void {
    if (!holds) this.broken.push(rule);
  }

  private effect({ name }: StepTask): void {
    switch (name) {
      case 'requestBackup': this.expect(!this.plan.dryRun, 'a safety backup of a dry run'); return;
      case 'quiesce':
        this.expect(this.backups.some(({ began }) => began), 'writes stopped while another backup may run');
        this.writable = false;
        return;
      case 'unquiesce': this.writable = true; return;
      case 'copy': this.copied = true; return;
      case 'swap':
        // A swap that was given up never happens: the sources fence it, and it is joined first.
        this.expect(this.held || this.plan.holds.length === 0, 'a swap without its services held');
        this.expect(this.safety, 'a swap without a safety backup');
        this.expect(this.proven, 'a swap of a copy that was not proven');
        this.expect(this.plan.source.restore.gate === undefined || 'gatePassed' in this.run.state.status(this.control).milestones, 'a swap past a gate that nobody passed');
        this.expect(!this.plan.dryRun, 'a swap of a dry run');
        this.expect(!this.world.live().some((other) => other.name === 'swapBack'), 'a swap beside a swap back');
        this.live = 'restored';
        return;
      case 'swapBack':
        this.expect(!this.world.live().some((other) => other.name === 'swap'), 'a swap back beside the swap');
        this.expect(this.held || this.plan.holds.length === 0, 'swapped back without the services held');
        this.expect(!this.droppedOld, 'swapped back to what was dropped');
        this.expect(this.plan.source.restore.quiesce === undefined || !this.writable, 'swapped back while there may be writers');
        this.live = 'old';
        return;
      case 'dropOld':
        this.expect(this.live === 'restored', 'the old data was dropped while it is live');
        this.droppedOld = true;
        return;
      case 'dropCopy':
        this.expect(this.live === 'old', 'the copy was dropped while it is live');
        this.copied = false;
        return;
      default: return;
    }
  }

  private resultOf(task: StepTask, ending: Ending): BackupSteps[keyof BackupSteps][1] {
    if (task.name === 'prove') {
      this.proven = ending !== 'unproven';
      const proof: Proof = { equal: this.proven, differences: [], checks: [], copy: A_SUMMARY, live: A_SUMMARY, differing: 0, delta: [] };
      return proof;
    }
    if (task.name === 'requestBackup') return { backup: 'b' };
    return { tookMs: 1, detail: task.name, bytes: 1, notes: [], swap: 'one rename' };
  }

  private backUp(): SafetyBackup {
    let outcome: Outcome<BackupOutcome> | undefined;
    const backup = { began: false, mayRead: this.plan.source.restore.quiesce === undefined, done: false, end: (value: Outcome<BackupOutcome>) => { outcome = value; } };
    this.backups.push(backup);
    return {
      get began() { return backup.began; },
      proceed: () => { backup.mayRead = true; },
      task: { name: 'backup', get outcome() { return outcome; }, cancel: () => { if (!backup.done) { backup.done = true; backup.end({ ok: false, code: 'CANCELLED', text: 'cancelled' }); } } },
    };
  }
}
