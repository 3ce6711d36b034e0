import type { AnalysisSpec } from '../../src/domain/analysis/rule.js';
import type { BackupPlan } from '../../src/domain/backup/plan.js';
import type { SourceSpec } from '../../src/domain/backup/source-spec.js';
import type { Plan, PlanGate, PlanStep } from '../../src/domain/deployment/plan.js';
import type { Release } from '../../src/domain/deployment/release.js';
import type { HealthCheck } from '../../src/domain/service/environment.js';

export const HEALTH: HealthCheck = {
  check: { kind: 'http', path: '/healthz', expect: 200, headers: {} }, everyMs: 100, timeoutMs: 500, healthyAfter: 1, unhealthyAfter: 2,
};

export const ANALYSIS: AnalysisSpec = {
  everyMs: 100, minRequests: 20, windowMs: 60_000, requireTraffic: false, noData: { waitMs: 1_000, then: 'ask' }, onBreach: 'rollback', onError: 'hold',
  unattended: { afterMs: 600_000, then: 'hold' },
  metrics: { errors: { source: { kind: 'router', measure: 'errorRate' }, max: 500, critical: true, failures: { inARow: 1 } } },
};

export function aRelease(version: string): Release {
  return {
    version, target: { use: 'fake', instances: 2, with: {} }, launch: { timeoutMs: 5_000 }, health: { web: HEALTH }, drain: { timeoutMs: 1_000 },
    router: { use: 'fake', backend: 'shop-test' },
  };
}

export function aGate(name: string, over: Partial<PlanGate> = {}): PlanGate {
  return { name, quorum: 1, notOwnChange: false, timeoutMs: 3_600_000, onTimeout: 'abort', ...over };
}

export function aStep(number: number, percent: number, over: Partial<PlanStep> = {}): PlanStep {
  return { number, share: percent * 100, bakeMs: 300, ...over };
}

export function aPlan(over: Partial<Plan> = {}): Plan {
  return {
    service: 'shop', environment: 'test', site: 'default', strategy: { name: 'canary', kind: 'canary' }, candidate: aRelease('v2'), stable: aRelease('v1'),
    steps: [aStep(1, 10), aStep(2, 50)], keepWarmMs: 300, firstFailure: 'hold', verify: {}, analysis: ANALYSIS, notify: {}, ...over,
  };
}

export function aBackupPlan(name: string, over: Partial<BackupPlan> = {}): BackupPlan {
  const source: SourceSpec = {
    name, at: { kind: 'directory', path: `/srv/${name}` }, repository: 'fake', keep: { last: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 },
    timeoutMs: 60_000, maxAgeMs: null, restore: { keepOldMs: 0, checks: {}, verify: {} },
  };
  return { service: 'shop', environment: 'test', site: 'default', source, notify: {}, ...over };
}
