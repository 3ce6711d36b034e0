import type { BackupPlan } from '../backup/plan.js';
import { ASKING_GATE } from './gate.js';
import type { Plan, PlanGate, PlanStep } from './plan.js';
import { pointOfNoReturnOf } from './point-of-no-return.js';
import { migrationLimitMs } from './protection.js';

/** Retention gets no longer than this, however long a source may take. */
const RETENTION_MS = 3_600_000;

/** What a dry run says about time. Slipway's own moments (shifts, reads, records) are not counted. */
export interface PlanTiming {
  /** When nothing waits: every instance healthy at once, every gate approved at once. */
  readonly shortestMs: number;
  /** When every limit is used up; null when a gate reminds for ever. */
  readonly longestMs: number | null;
  /** For people. */
  readonly pointOfNoReturn: string;
}

export function planTiming(plan: Plan): PlanTiming {
  const baked = sum(plan.steps.map((step) => step.bakeMs)) + plan.keepWarmMs;
  return {
    shortestMs: baked,
    longestMs: gatesOf(plan).some((gate) => gate.onTimeout === 'remind') ? null : baked + waits(plan) + protectionWaits(plan),
    pointOfNoReturn: pointOfNoReturnOf(plan),
  };
}

function gatesOf({ steps, protect }: Plan): readonly PlanGate[] {
  return [...steps.map(({ gate }) => gate), protect?.migrate.contract?.gate].filter((gate) => gate !== undefined);
}

function waits(plan: Plan): number {
  const verify = Math.max(0, ...Object.values(plan.verify).map((check) => check.timeoutMs));
  const { launch, drain } = plan.candidate;
  return launch.timeoutMs + verify + sum(plan.steps.map((step) => stepWaits(plan, step))) + drain.timeoutMs;
}

function stepWaits({ analysis }: Plan, step: PlanStep): number {
  const gate = step.gate?.timeoutMs ?? 0;
  if (step.bakeMs === 0) return gate;
  const noData = analysis.noData.waitMs + (analysis.noData.then === 'ask' ? ASKING_GATE.timeoutMs : 0);
  return gate + noData + (analysis.onBreach === 'ask' ? ASKING_GATE.timeoutMs : 0);
}

/** Sources are backed up at the same time. */
function protectionWaits({ protect }: Plan): number {
  if (!protect) return 0;
  const backups = Math.max(0, ...protect.backups.map(backupWaits));
  const { expand, contract } = protect.migrate;
  return backups + sum([expand, contract].map((command) => (command ? migrationLimitMs(command) : 0))) + (contract?.gate?.timeoutMs ?? 0);
}

/** One that is under way, the capture, the reading back, and retention. */
function backupWaits({ source: { timeoutMs } }: BackupPlan): number {
  return 3 * timeoutMs + Math.min(timeoutMs, RETENTION_MS);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
