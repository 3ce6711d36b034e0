import type { BackupStatus } from '../../domain/backup/backup-status.js';
import { backupHasEnded } from '../../domain/backup/backup-state.js';
import { addressOf, pathOf } from '../../domain/backup/names.js';
import type { BackupPlan, SourceAddress } from '../../domain/backup/plan.js';
import type { RestoreControlKind, RestoreMessage } from '../../domain/backup/restore-message.js';
import type { Telling } from '../../domain/backup/steps.js';
import { restoreHasEnded, type RestoreStatus } from '../../domain/backup/restore-status.js';
import { SlipwayError } from '../../domain/errors.js';
import type { RestoreStore } from '../../store/backup-stores.js';
import type { BackupWorkflowInput, DrillWorkflowInput, HeldAnswer, RestoreWorkflowInput, RetentionInput, VerifyInput } from '../../workflows/backup/input.js';
import type { BackupRunAddress, BackupRunKind, BackupRuns, BackupStart, FoundBackupRun, Trying } from './backup-runs.js';
import { fakeControl } from './fake-restore-control.js';
import { firstBackupStatus, firstRestoreStatus } from '../../domain/backup/first-statuses.js';

interface FakeRun {
  readonly kind: BackupRunKind;
  readonly run: string;
  readonly plan: BackupPlan;
  state: FoundBackupRun['state'];
  closedAt: string | null;
  backup?: BackupStatus;
  restore?: RestoreStatus;
  /** Answers by message id. */
  readonly answered: Map<string, RestoreStatus>;
}

/** Runs in memory, which go on only as they are told: for tests, and for trying the API without a server. */
export class FakeBackupRuns implements BackupRuns {
  private readonly runs = new Map<string, FakeRun>();
  private away = false;
  private losesAnswer = false;
  private answerOfHolds: () => HeldAnswer = () => ({ held: true });
  private records: Pick<RestoreStore, 'claim' | 'record'> | undefined;
  /** Every reading back that was started. */
  readonly verified: VerifyInput[] = [];
  private readonly reading = new Set<string>();
  private readonly failing = new Map<string, Trying>();
  readonly notices: Telling[] = [];
  /** What was asked for; the fake lets nothing go. */
  readonly retained: RetentionInput[] = [];
  readonly messages: { readonly kind: RestoreControlKind; readonly message: RestoreMessage }[] = [];

  constructor(private readonly now: () => number = Date.now) {}

  /** From now on nothing answers, or everything again. */
  set(connection: 'away' | 'back'): void {
    this.away = connection === 'away';
  }

  /** What restores say from now on, each time they are asked, about the services they must hold. */
  answerHolds(answer: HeldAnswer | (() => HeldAnswer)): void {
    this.answerOfHolds = typeof answer === 'function' ? answer : () => answer;
  }

  /** Where restores that give up write it down, as real ones do: their row stays. */
  recordInto(records: Pick<RestoreStore, 'claim' | 'record'>): void {
    this.records = records;
  }

  /** The next word of a backup's run. */
  advanceBackup(backup: string, more: Partial<BackupStatus>): BackupStatus {
    const run = this.of('backup', backup);
    run.backup = { ...firstOf(run.backup), ...more };
    this.failing.delete(`backup ${backup}`);
    if (backupHasEnded(run.backup.phase)) this.close(run, 'completed');
    return run.backup;
  }

  /** The next word of a restore's run. */
  advanceRestore(restore: string, more: Partial<RestoreStatus>): RestoreStatus {
    const run = this.of('restore', restore);
    run.restore = { ...firstOf(run.restore), ...more };
    this.failing.delete(`restore ${restore}`);
    if (restoreHasEnded(run.restore.phase)) this.close(run, 'completed');
    return run.restore;
  }

  /** Ends by itself. */
  complete(kind: BackupRunKind, run: string): void {
    this.close(this.of(kind, run), 'completed');
  }

  /** As an operator's terminate: no code runs. */
  terminate(kind: BackupRunKind, run: string): void {
    this.close(this.of(kind, run), 'gone');
  }

  /** A step has failed and is tried again, until the run's next word. */
  failStep(kind: BackupRunKind | 'verify', run: string, trying: Trying): void {
    this.failing.set(`${kind} ${run}`, trying);
  }

  /** It has been read back. */
  endVerify(backup: string): void {
    this.reading.delete(backup);
    this.failing.delete(`verify ${backup}`);
  }

  /** The next message takes effect, and its answer comes too late. */
  loseNextAnswer(): void {
    this.losesAnswer = true;
  }

  async startBackup(input: BackupWorkflowInput): Promise<BackupStart> {
    return this.start('backup', input.backup, input.plan, { backup: firstBackupStatus(input, this.instant()) });
  }

  async startRestore(input: RestoreWorkflowInput): Promise<BackupStart> {
    return this.start('restore', input.restore, input.plan, { restore: { ...firstRestoreStatus(input, this.instant()), phase: 'holding', canAbort: true } });
  }

  async startDrill(input: DrillWorkflowInput): Promise<BackupStart> {
    return this.start('drill', input.drill, input.plan, {});
  }

  async startVerify(input: VerifyInput): Promise<void> {
    this.answer();
    if (!this.reading.has(input.backup)) this.verified.push(input);
    this.reading.add(input.backup);
  }

  async startNotice(telling: Telling): Promise<void> {
    this.answer();
    if (!this.notices.some(({ run, kind }) => run === telling.run && kind === telling.kind)) this.notices.push(telling);
  }

  async startRetention(input: RetentionInput): Promise<void> {
    this.answer();
    this.retained.push(input);
  }

  async held(address: BackupRunAddress): Promise<HeldAnswer> {
    const run = this.live(address);
    const answer = this.answerOfHolds();
    if (!answer.held) await this.giveUp(run, answer);
    return answer;
  }

  async control(address: BackupRunAddress, kind: RestoreControlKind, message: RestoreMessage): Promise<RestoreStatus> {
    const run = this.live(address);
    if (run.run !== message.restore) throw new SlipwayError('WRONG_DEPLOYMENT');
    const answered = run.answered.get(message.id);
    if (answered) return answered;
    this.messages.push({ kind, message });
    const before = firstOf(run.restore);
    run.restore = { ...fakeControl(before, kind, message), messages: [...(before.messages ?? []), message.id] };
    run.answered.set(message.id, run.restore);
    if (this.losesAnswer) {
      this.losesAnswer = false;
      throw new SlipwayError('TEMPORAL_TIMEOUT');
    }
    return run.restore;
  }

  async backupStatus(address: BackupRunAddress): Promise<BackupStatus | undefined> {
    const run = this.runs.get(keyOf('backup', address));
    return !this.away && run?.run === address.run && run.state === 'running' ? run.backup : undefined;
  }

  async restoreStatus(address: BackupRunAddress): Promise<RestoreStatus | undefined> {
    const run = this.runs.get(keyOf('restore', address));
    return !this.away && run?.run === address.run && run.state === 'running' ? run.restore : undefined;
  }

  async trying(kind: BackupRunKind | 'verify', { run }: BackupRunAddress): Promise<Trying | null> {
    return this.away ? null : this.failing.get(`${kind} ${run}`) ?? null;
  }

  async describe(kind: BackupRunKind, address: SourceAddress): Promise<FoundBackupRun | undefined> {
    this.answer();
    const found = this.runs.get(keyOf(kind, address));
    return found && { run: found.run, state: found.state, closedAt: found.closedAt };
  }

  async findRunning(kind: BackupRunKind, id: string): Promise<BackupRunAddress | undefined> {
    this.answer();
    const found = [...this.runs.values()].find((each) => each.kind === kind && each.run === id && each.state === 'running');
    return found && { run: id, ...addressOf(found.plan) };
  }

  private start(kind: BackupRunKind, run: string, plan: BackupPlan, statuses: Pick<FakeRun, 'backup' | 'restore'>): BackupStart {
    this.answer();
    const key = keyOf(kind, addressOf(plan));
    const holder = this.runs.get(key);
    if (holder?.run === run) return { start: 'same' };
    if (holder?.state === 'running') return { start: 'other', live: holder.run };
    this.runs.set(key, { kind, run, plan, state: 'running', closedAt: null, answered: new Map(), ...statuses });
    return { start: 'new' };
  }

  private async giveUp(run: FakeRun, { code, text }: Extract<HeldAnswer, { readonly held: false }>): Promise<void> {
    run.restore = { ...firstOf(run.restore), phase: 'failed', cause: { code, by: 'slipway', text }, endedAt: this.instant() };
    await this.records?.claim(run.run, run.run);
    await this.records?.record(run.restore);
    this.close(run, 'completed');
  }

  private answer(): void {
    if (this.away) throw new SlipwayError('TEMPORAL_UNAVAILABLE');
  }

  private live(address: BackupRunAddress): FakeRun {
    this.answer();
    const run = this.runs.get(keyOf('restore', address));
    if (run?.state !== 'running') throw new SlipwayError('RESTORE_ENDED');
    return run;
  }

  private of(kind: BackupRunKind, run: string): FakeRun {
    return firstOf([...this.runs.values()].find((each) => each.kind === kind && each.run === run));
  }

  private close(run: FakeRun, state: FoundBackupRun['state']): void {
    this.failing.delete(`${run.kind} ${run.run}`);
    run.state = state;
    run.closedAt = this.instant();
  }

  private instant(): string {
    return new Date(this.now()).toISOString();
  }
}

function keyOf(kind: BackupRunKind, address: SourceAddress): string {
  return `${kind} ${pathOf(address)}`;
}

function firstOf<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('there is no such run');
  return value;
}
