import type { BackupPhase, BackupStatus } from '../../domain/backup/backup-status.js';
import type { Cause } from '../../domain/deployment/status.js';
import type { Damage } from '../../domain/backup/manifest.js';
import type { CaptureResult } from '../../domain/backup/steps.js';
import type { BackupWorkflowInput, RetentionInput } from './input.js';

const MOST_NOTES = 20;

/** What a backup knows of itself. */
export class BackupState {
  phase: BackupPhase = 'requested';
  captured: CaptureResult | null = null;
  verifiedAt: string | null = null;
  damage: readonly Damage[] = [];
  cause: Cause | null = null;
  endedAtMs: number | null = null;
  /** What of retention is left for afterwards. */
  retentionLeft: RetentionInput['prune'] | null = null;
  private notes: readonly string[] = [];
  private readonly tookMs: Record<string, number> = {};

  constructor(readonly input: BackupWorkflowInput, private readonly startedAtMs: number) {}

  note(text: string): void {
    if (this.notes.at(-1) !== text) this.notes = [...this.notes, text].slice(-MOST_NOTES);
  }

  took(part: string, ms: number): void {
    this.tookMs[part] = ms;
  }

  status(): BackupStatus {
    const { backup, plan, trigger } = this.input;
    const { captured } = this;
    return {
      backup, trigger, service: plan.service, environment: plan.environment, source: plan.source.name, repository: plan.source.repository,
      phase: this.phase, snapshot: captured?.snapshot ?? null, fingerprint: captured?.fingerprint ?? null, bytes: captured?.bytes ?? null,
      storedBytes: captured?.storedBytes ?? null, at: captured?.at ?? null, verifiedAt: this.verifiedAt, damage: this.damage, cause: this.cause,
      notes: this.notes, tookMs: { ...this.tookMs }, startedAt: new Date(this.startedAtMs).toISOString(),
      endedAt: this.endedAtMs === null ? null : new Date(this.endedAtMs).toISOString(),
    };
  }
}
