import { damageText } from '../../domain/backup/damage-text.js';
import type { BackupPhase } from '../../domain/backup/backup-status.js';
import type { BackupSteps, Telling } from '../../domain/backup/steps.js';
import type { Task } from '../sequence/runtime.js';
import { Halt, type Work } from '../sequence/work.js';
import type { BackupState } from './backup-state.js';

const JOIN_MS = 60_000;

/** One run that makes a backup. */
export interface BackupRun {
  readonly work: Work<BackupSteps>;
  readonly state: BackupState;
  /** Tells people, without waiting for them. */
  readonly tell: (telling: Telling) => Promise<void>;
  /** Waits for the word that it may read; null: it may at once. */
  readonly go: (() => Task<object>) | null;
}

/** Fingerprint and store, read back, let old ones go, tell. A backup counts only when its bytes were read back. @returns the phase it ended in. */
export async function backUp(run: BackupRun): Promise<BackupPhase> {
  const { work, state } = run;
  try {
    await work.act('claimBackup', { backup: state.input.backup }, 'claim the backup');
    if (run.go) await work.resultOf(run.go());
    await capture(run);
    await verify(run);
    if (state.damage.length > 0) return await end(run, 'damaged');
    // A restore is going on: what is thrown away now may be what it needs next.
    if (state.input.trigger !== 'safety') await retain(run);
    return await end(run, 'succeeded');
  } catch (error) {
    if (!(error instanceof Halt)) throw error;
    state.cause = error.why;
    // A full repository gets no room by another backup, only by what goes.
    if (error.why.code === 'REPOSITORY_FULL' && state.input.trigger !== 'safety') state.retentionLeft = 'now';
    await work.joinAll({ ms: JOIN_MS, summary: 'join what was in flight' });
    return end(run, error.why.code === 'CANCELLED' ? 'aborted' : 'failed');
  }
}

async function capture(run: BackupRun): Promise<void> {
  const { work, state } = run;
  const { backup, plan } = state.input;
  enter(run, 'capturing');
  const captured = await work.act('capture', { backup, plan, ...aheadOf(state) }, `fingerprint ${plan.source.name} and store it in ${plan.source.repository}`);
  state.captured = captured;
  state.took('fingerprint', captured.fingerprintMs);
  state.took('capture', captured.tookMs);
  for (const note of captured.notes) state.note(note);
}

/** People wait for the restore that this one protects. */
function aheadOf({ input: { trigger } }: BackupState): { readonly ahead?: true } {
  return trigger === 'safety' ? { ahead: true } : {};
}

async function verify(run: BackupRun): Promise<void> {
  const { work, state } = run;
  const { backup, plan } = state.input;
  if (!state.captured) return;
  enter(run, 'verifying');
  const { damage, at, tookMs } = await work.act('verifyBackup', { backup, plan, snapshot: state.captured.snapshot, ...aheadOf(state) }, 'read this backup back from its destination');
  state.damage = damage;
  state.took('verify', tookMs);
  if (damage.length === 0) state.verifiedAt = at;
  // Whatever becomes of the rest, from now on it may be chosen, or never.
  await work.act('recordBackup', { status: state.status() }, damage.length === 0 ? 'record that it is verified' : 'record that it is damaged');
}

/** Old backups that stay too long are no reason to call this one failed. Others who work there are waited for afterwards. */
async function retain(run: BackupRun): Promise<void> {
  const { work, state } = run;
  const { plan } = state.input;
  enter(run, 'retaining');
  const outcome = await work.finish('retain', { plan, waitMs: 0 }, 'let go what the rules keep no longer');
  if (!outcome.ok) return state.note(`retention: ${outcome.text} (${outcome.code}); the next backup does it`);
  const { forgotten, notes, skipped, pruneDue, tookMs } = outcome.value;
  state.took('retain', tookMs);
  if (skipped !== null || pruneDue.length > 0) state.retentionLeft = 'due';
  for (const note of notes) state.note(`retention: ${note}`);
  if (skipped !== null) state.note(`retention: ${skipped}; it goes on when that has ended`);
  else if (forgotten.length > 0) state.note(`retention let ${forgotten.length} older backups go`);
}

async function end(run: BackupRun, phase: 'succeeded' | 'damaged' | 'failed' | 'aborted'): Promise<BackupPhase> {
  const { work, state } = run;
  state.endedAtMs = work.runtime.now();
  enter(run, phase);
  await work.finish('recordBackup', { status: state.status() }, `record: ${phase}`);
  const { plan, backup } = state.input;
  const kind = phase === 'succeeded' ? 'backup-succeeded' : phase === 'damaged' ? 'backup-damaged' : 'backup-failed';
  await run.tell({ plan, run: backup, kind, text: sentence(run, phase) });
  return phase;
}

function enter({ work, state }: BackupRun, phase: BackupPhase): void {
  state.phase = phase;
  work.runtime.changed();
}

export function sentence({ state }: BackupRun, phase: BackupPhase): string {
  const { plan, backup } = state.input;
  const of = `${plan.service}/${plan.source.name} in ${plan.environment}`;
  if (phase === 'succeeded') return `backup ${backup} of ${of} is stored and was read back`;
  if (phase === 'damaged') return `backup ${backup} of ${of} is damaged in ${plan.source.repository}. ${damageText(state.damage)}`;
  return `backup ${backup} of ${of} ${phase === 'aborted' ? 'was stopped' : 'failed'}: ${state.cause?.text ?? 'no reason is known'} (${state.cause?.code ?? 'INTERNAL'})`;
}
