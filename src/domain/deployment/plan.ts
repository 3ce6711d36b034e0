import type { AnalysisSpec } from '../analysis/rule.js';
import type { GateSpec, HealthCheck, NotifySpec } from '../service/environment.js';
import type { BasisPoints } from '../share.js';
import type { PlanProtection } from './protection.js';
import type { Release } from './release.js';

/** Everything a run needs to know, as data: computed once from definition, strategy and stable release, then interpreted. */
export interface Plan {
  readonly service: string;
  readonly environment: string;
  readonly site: string;
  readonly strategy: { readonly name: string; readonly kind: 'canary' | 'blueGreen' };
  readonly candidate: Release;
  /** What the records say is live; null before the first deployment. The router decides. */
  readonly stable: Release | null;
  readonly steps: readonly PlanStep[];
  readonly keepWarmMs: number;
  readonly firstFailure: 'hold' | 'stop';
  readonly verify: Readonly<Record<string, HealthCheck>>;
  readonly analysis: AnalysisSpec;
  readonly notify: Readonly<Record<string, NotifySpec>>;
  /** Absent: the deployment touches no data. */
  readonly protect?: PlanProtection;
}

/** A rung: shift to `share`, bake, then the gate. Of a blue-green, the gate comes before the shift. */
export interface PlanStep {
  /** From 1. */
  readonly number: number;
  readonly share: BasisPoints;
  readonly bakeMs: number;
  readonly gate?: PlanGate;
}

export interface PlanGate extends GateSpec {
  readonly name: string;
}

/** Steps of the strategy, then the promotion, then what comes after the roles have changed. */
export function contractStep(plan: Plan): number {
  return plan.steps.length + 2;
}

/** The gate's address in messages: `2/release-managers`. */
export function gateAddress(step: number, name: string): string {
  return `${step}/${name}`;
}
