import type { AnalysisSpec } from '../../src/domain/analysis/rule.js';
import type { WatchInput } from '../../src/domain/deployment/watching.js';
import type { HealthCheck } from '../../src/domain/service/environment.js';

export const WEB_CHECK: HealthCheck = {
  check: { kind: 'http', path: '/healthz', expect: 200, headers: {} },
  everyMs: 1_000, timeoutMs: 500, healthyAfter: 2, unhealthyAfter: 3,
};

export const ANALYSIS: AnalysisSpec = {
  everyMs: 1_000, minRequests: 20, windowMs: 10_000, requireTraffic: false,
  noData: { waitMs: 60_000, then: 'ask' }, onBreach: 'rollback', onError: 'hold', unattended: { afterMs: 600_000, then: 'hold' },
  metrics: { errors: { source: { kind: 'router', measure: 'errorRate' }, max: 500, critical: true, failures: {} } },
};

/** A watch of 30 s over a candidate on green with 10 %: shifted already, errors limited to 5 % of at least 20. */
export function watchInput(changes: Partial<Omit<WatchInput, 'analysis'>> & { readonly analysis?: Partial<AnalysisSpec> } = {}): WatchInput {
  const { analysis, ...rest } = changes;
  return {
    deployment: '01D', service: 'checkout', environment: 'production', router: 'edge', backend: 'checkout-production', step: 1,
    generations: ['01D.1'],
    slots: {
      stable: { slot: 'blue', instances: [{ id: 's-1', address: '127.0.0.1:9001' }], health: { web: WEB_CHECK }, version: 'v1' },
      candidate: { slot: 'green', instances: [{ id: 'c-1', address: '127.0.0.1:9002' }], health: { web: WEB_CHECK }, version: 'v2' },
    },
    bakeMs: 30_000, waived: [], except: [], heartbeatTimeoutMs: 3_000, carried: [],
    ...rest,
    analysis: { ...ANALYSIS, ...analysis },
  };
}
