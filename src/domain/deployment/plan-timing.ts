import { formatDuration } from '../duration.js';
import type { Plan, PlanStep } from './plan.js';

/** How long a gate that asks because of a breach or too little data stays open. */
export const ASK_TIMEOUT_MS = 4 * 3_600_000;

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
    longestMs: plan.steps.some((step) => step.gate?.onTimeout === 'remind') ? null : baked + waits(plan),
    pointOfNoReturn: pointOfNoReturn(plan),
  };
}

function waits(plan: Plan): number {
  const verify = Math.max(0, ...Object.values(plan.verify).map((check) => check.timeoutMs));
  const { launch, drain } = plan.candidate;
  return launch.timeoutMs + verify + sum(plan.steps.map((step) => stepWaits(plan, step))) + drain.timeoutMs;
}

function stepWaits({ analysis }: Plan, step: PlanStep): number {
  const gate = step.gate?.timeoutMs ?? 0;
  if (step.bakeMs === 0) return gate;
  const noData = analysis.noData.waitMs + (analysis.noData.then === 'ask' ? ASK_TIMEOUT_MS : 0);
  return gate + noData + (analysis.onBreach === 'ask' ? ASK_TIMEOUT_MS : 0);
}

function pointOfNoReturn(plan: Plan): string {
  const after = plan.keepWarmMs > 0 ? `after ${formatDuration(plan.keepWarmMs)} at 100 %` : 'at once after 100 %';
  return plan.stable
    ? `The roles change ${after} (keepWarm); until then an abort goes back to ${plan.stable.version}, from then on undo the deployment instead.`
    : `The roles change ${after}; there is no release before this one to go back to.`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
