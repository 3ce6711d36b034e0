import type { Plan } from './plan.js';
import type { DeploymentStatus } from './status.js';

/** What a run says of itself before it has done anything. */
export function firstStatusOf({ deployment, plan }: { readonly deployment: string; readonly plan: Plan }, startedAt: string): DeploymentStatus {
  return {
    deployment, service: plan.service, environment: plan.environment, strategy: plan.strategy.name, version: plan.candidate.version,
    stableVersion: plan.stable?.version ?? null, phase: 'requested', paused: false, waitsFor: null, step: 0, steps: plan.steps.length, split: null,
    stableSlot: null, gates: [], verdicts: [], canAbort: false, cause: null, notes: [], milestones: {}, timings: { progressingMs: 0, waitingMs: 0 },
    breachToZeroMs: null, startedAt, endedAt: null,
  };
}
