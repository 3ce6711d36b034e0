import type { Actor } from '../../domain/actor.js';
import type { RestoreControl } from '../../domain/backup/restore-control.js';
import type { RestorePhase } from '../../domain/backup/restore-status.js';
import type { BackupSteps, Telling } from '../../domain/backup/steps.js';
import type { Task } from '../sequence/runtime.js';
import { Halt, type Work } from '../sequence/work.js';
import type { HeldAnswer, BackupOutcome } from './input.js';
import type { RestoreState } from './restore-state.js';

/** What a restore holds; a child workflow each, or the memory of a test. */
export interface HeldServices {
  readonly services: readonly string[];
  /** All or none. @param first is asked before the others: it was busy at the last try. @returns a service that is busy; null when all are held. */
  take(first?: string): Promise<string | null>;
  release(): Promise<void>;
}

/** The backup of what is live, in a run of its own. */
export interface SafetyBackup {
  readonly task: Task<BackupOutcome>;
  /** It has its turn: no other backup of the source runs. */
  readonly began: boolean;
  /** Writes are stopped, where they are to be: it may read. */
  proceed(): void;
}

/** One live restore: its steps, its memory, what people asked of it, and what it holds. */
export interface RestoreRun {
  readonly work: Work<BackupSteps>;
  readonly state: RestoreState;
  readonly control: RestoreControl;
  readonly holds: HeldServices;
  /** Makes a backup of what is live. */
  readonly backUp: (backup: string) => SafetyBackup;
  /** Answers whoever asked for the restore. Once. */
  readonly answerHeld: (answer: HeldAnswer) => void;
  /** Tells how it ended, without waiting for those who are told: whoever is away keeps no lock. */
  readonly tellApart: (telling: Telling) => Promise<void>;
}

/** In whose name a restore asks for its safety backup. */
export const RESTORER: Actor = { name: 'restore', roles: [] };

/** The next phase, shown at once. */
export function enter(run: RestoreRun, phase: RestorePhase): void {
  run.state.phase = phase;
  run.state.held = run.holds.services;
  run.state.milestone(phase, run.work.runtime.now());
  run.work.runtime.changed();
}

/** For people who look at the run later. */
export function note(run: RestoreRun, text: string): void {
  run.state.note(text);
  run.work.runtime.changed();
}

/** Tells those whom the plan names. Not waited for: nobody's receiver holds up a restore. */
export function tell(run: RestoreRun, kind: string, text: string): void {
  const { plan, restore } = run.state.input;
  run.work.start('tell', { plan, run: restore, kind, text }, `notify: ${kind}`);
}

/** Somebody ended a hold in Temporal. Nothing is lost yet: it is taken again before anything is swapped. */
export function holdLost(run: RestoreRun, service: string): void {
  run.state.held = run.holds.services;
  const text = `the hold of ${service} was ended from outside, so that it can be deployed; it is taken again before anything is swapped`;
  note(run, text);
  tell(run, 'needs-attention', `restore ${run.state.input.restore}: ${text}`);
}

/** What every step of a restore is given. */
export function stepInput(run: RestoreRun) {
  const { plan, restore } = run.state.input;
  return { plan, run: restore };
}

/** Time until `condition` counts as waiting for people. @returns whether it came before the deadline. @throws Halt on an abort */
export async function waitFor(run: RestoreRun, waitsFor: string, condition: () => boolean, deadline?: { ms: number; summary: string }): Promise<boolean> {
  const { state, control, work } = run;
  state.waitsFor = waitsFor;
  work.runtime.changed();
  const came = await work.runtime.until(() => condition() || control.abort !== null, deadline);
  state.waitsFor = null;
  work.runtime.changed();
  if (control.abort) throw new Halt(control.abort);
  return came;
}

/** Between two steps. @throws Halt on an abort */
export async function holdWhilePaused(run: RestoreRun): Promise<void> {
  if (run.control.paused) await waitFor(run, 'a resume', () => !run.control.paused);
}
