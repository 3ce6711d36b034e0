import { randomBytes } from 'node:crypto';
import { ulid } from 'ulid';
import type { Plan } from '../../domain/deployment/plan.js';
import type { StableRecord } from '../../domain/deployment/record.js';
import type { Release } from '../../domain/deployment/release.js';
import type { DeploymentStatus } from '../../domain/deployment/status.js';
import type { DeploymentEvent } from '../../domain/event/event.js';
import type { IdempotencyClaim, NewDeployment } from '../stores.js';

/** A name that no other test has. */
export function aService(): string {
  return `service-${randomBytes(6).toString('hex')}`;
}

function aRelease(version: string): Release {
  return {
    version,
    target: { use: 'hosts', instances: 2, with: {} },
    launch: { timeoutMs: 60_000 },
    health: {},
    drain: { timeoutMs: 5_000 },
    router: { use: 'edge', backend: 'shop-production' },
  };
}

function aPlan(service: string, version: string): Plan {
  return {
    service, environment: 'production', site: 'default', strategy: { name: 'canary', kind: 'canary' },
    candidate: aRelease(version), stable: aRelease('v0'), steps: [{ number: 1, share: 1_000, bakeMs: 1_000 }], keepWarmMs: 0, firstFailure: 'hold',
    verify: {}, notify: {},
    analysis: {
      everyMs: 1_000, minRequests: 1, windowMs: 1_000, requireTraffic: false,
      // oxlint-disable-next-line unicorn/no-thenable -- the definition's word; never a function
      noData: { waitMs: 1_000, then: 'ask' }, onBreach: 'rollback',
      onError: 'hold',
      // oxlint-disable-next-line unicorn/no-thenable -- the definition's word; never a function
      unattended: { afterMs: 1_000, then: 'hold' }, metrics: {},
    },
  };
}

export function aDeployment(service: string, over: Partial<NewDeployment> = {}): NewDeployment {
  return {
    id: ulid(), service, environment: 'production', strategy: 'canary', version: 'v1', plan: aPlan(service, 'v1'),
    by: { name: 'ada', roles: ['deployer'] }, revision: 1, ...over,
  };
}

export function aStatus(deployment: NewDeployment, over: Partial<DeploymentStatus> = {}): DeploymentStatus {
  const { id, service, environment, strategy, version } = deployment;
  return {
    deployment: id, service, environment, strategy, version, stableVersion: 'v0', phase: 'progressing', paused: false, waitsFor: null,
    step: 1, steps: 1, split: { blue: 9_000, green: 1_000 }, stableSlot: 'blue', gates: [], verdicts: [], canAbort: true, cause: null, notes: [],
    milestones: {}, timings: { progressingMs: 10, waitingMs: 20 }, breachToZeroMs: null, startedAt: '2026-01-01T00:00:00.000Z', endedAt: null, ...over,
  };
}

export function anEnd(deployment: NewDeployment, over: Partial<DeploymentStatus> = {}): DeploymentStatus {
  return aStatus(deployment, { phase: 'succeeded', endedAt: '2026-01-01T00:10:00.000Z', ...over });
}

export function aStable(deployment: NewDeployment, since = '2026-01-01T00:09:00.000Z'): StableRecord {
  const { service, environment, id, version } = deployment;
  return { service, environment, deployment: id, slot: 'green', release: aRelease(version), since };
}

export function anEvent(deployment: string, key: string, over: Partial<DeploymentEvent> = {}): DeploymentEvent {
  return { key, deployment, kind: 'shifted', at: '2026-01-01T00:00:00.000Z', text: 'shifted to 10 %', data: { share: 1_000 }, ...over };
}

export function aClaim(over: Partial<IdempotencyClaim> = {}): IdempotencyClaim {
  return { key: aService(), actor: 'ada', route: 'POST /deployments', bodyHash: 'a', ...over };
}
