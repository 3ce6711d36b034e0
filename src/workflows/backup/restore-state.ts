import type { LiveData, Proof, RestorePhase, RestoreStatus } from '../../domain/backup/restore-status.js';
import type { RestoreControl } from '../../domain/backup/restore-control.js';
import type { Cause } from '../../domain/deployment/status.js';
import type { Task } from '../sequence/runtime.js';
import type { RestoreWorkflowInput } from './input.js';
import type { SafetyBackup } from './restore-run.js';

const MOST_NOTES = 20;

/** What a restore knows of itself, beside what people asked of it. */
export class RestoreState {
  phase: RestorePhase = 'requested';
  waitsFor: string | null = null;
  live: LiveData = 'old';
  held: readonly string[] = [];
  safetyBackup: string | null = null;
  proof: Proof | null = null;
  cause: Cause | null = null;
  endedAtMs: number | null = null;
  /** It has what it must hold: from here on people are told how it goes. */
  begun = false;
  /** Of the safety backup: the request of its row, and its run. */
  safetyRequest: Task<{ readonly backup: string }> | null = null;
  safety: SafetyBackup | null = null;
  /** Writes to what is live. `unsure`: a step that changes it was asked for, and has not said that it is done. */
  writes: 'allowed' | 'stopped' | 'unsure' = 'allowed';
  /** A copy is there, or may be. */
  copied = false;
  /** The swap was asked for: from here on going back means swapping back. */
  swapBegun = false;
  /** People decided what is live: nothing more is dropped. */
  leaveAll = false;
  /** Where people find what could not be dropped. */
  leftOver: string | null = null;
  private notes: readonly string[] = [];
  private readonly milestones: Record<string, string> = {};
  private readonly tookMs: Record<string, number> = {};

  constructor(readonly input: RestoreWorkflowInput, private readonly startedAtMs: number) {}

  note(text: string): void {
    if (this.notes.at(-1) !== text) this.notes = [...this.notes, text].slice(-MOST_NOTES);
  }

  milestone(name: string, nowMs: number): void {
    this.milestones[name] ??= new Date(nowMs).toISOString();
  }

  took(part: string, ms: number): void {
    this.tookMs[part] = ms;
  }

  status(control: RestoreControl): RestoreStatus {
    const { restore, plan } = this.input;
    return {
      restore, service: plan.service, environment: plan.environment, source: plan.source.name, backup: plan.backup.id, dryRun: plan.dryRun,
      phase: this.phase, paused: control.paused, waitsFor: this.waitsFor, live: this.live, held: this.held, safetyBackup: this.safetyBackup,
      proof: this.proof, gates: control.gates, canAbort: this.endedAtMs === null && control.canAbort, loss: plan.loss, pointOfNoReturn: plan.pointOfNoReturn,
      cause: this.cause, notes: this.notes, milestones: { ...this.milestones }, tookMs: { ...this.tookMs },
      startedAt: new Date(this.startedAtMs).toISOString(), endedAt: this.endedAtMs === null ? null : new Date(this.endedAtMs).toISOString(),
      ...(control.messages.length > 0 && { messages: control.messages }),
    };
  }
}
