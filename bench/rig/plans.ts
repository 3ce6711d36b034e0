import type { AnalysisSpec } from '../../src/domain/analysis/rule.js';
import type { Plan, PlanStep } from '../../src/domain/deployment/plan.js';
import type { Release } from '../../src/domain/deployment/release.js';
import type { HealthCheck } from '../../src/domain/service/environment.js';

const HOUR_MS = 3_600_000;

/** The defaults of a definition, with the one metric that every router has. */
export const ANALYSIS: AnalysisSpec = {
  everyMs: 1_000, minRequests: 20, windowMs: 60_000, requireTraffic: false, noData: { waitMs: 600_000, then: 'ask' }, onBreach: 'rollback', onError: 'hold',
  unattended: { afterMs: 600_000, then: 'hold' },
  metrics: { errors: { source: { kind: 'router', measure: 'errorRate' }, max: 500, critical: true, failures: {} } },
};

export const HEALTH: HealthCheck = {
  check: { kind: 'http', path: '/healthz', expect: 200, headers: {} }, everyMs: 1_000, timeoutMs: 500, healthyAfter: 1, unhealthyAfter: 3,
};

/** A deployment of v2 over v1 behind the router `edge`, whose backend and service have its name. */
export function planFor(edge: string, over: Partial<Plan> = {}): Plan {
  return {
    service: edge, environment: 'bench', site: 'default', strategy: { name: 'canary', kind: 'canary' }, candidate: release(edge, 'v2'), stable: release(edge, 'v1'),
    steps: [step(1, 10, HOUR_MS)], keepWarmMs: 1_000, firstFailure: 'hold', verify: {}, analysis: ANALYSIS, notify: {}, ...over,
  };
}

export function step(number: number, percent: number, bakeMs: number, more: Partial<PlanStep> = {}): PlanStep {
  return { number, share: percent * 100, bakeMs, ...more };
}

function release(edge: string, version: string): Release {
  return {
    version, target: { use: edge, instances: 1, with: {} }, launch: { timeoutMs: 30_000 }, health: { web: HEALTH }, drain: { timeoutMs: 5_000 },
    router: { use: edge, backend: edge },
  };
}
