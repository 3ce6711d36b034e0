import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { ScheduleBoard } from '../../app/backup/schedule-board.js';
import type { DeploymentFollowers } from '../../app/deployment/deployment-followers.js';
import type { MetricsStore } from '../../store/stores.js';
import { type Family, renderFamilies } from './metric-family.js';
import { scheduleFamilies } from './schedule-families.js';
import { storedMetrics } from './stored-metrics.js';

export interface ApiMetrics {
  readonly requests: Histogram<'method' | 'route' | 'status'>;
  /** Prometheus text. What the database cannot say at the moment is left out, and `slipway_database_up` says so. */
  text(): Promise<string>;
  readonly contentType: string;
}

const BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];

export interface ApiMetricsSources {
  readonly store: MetricsStore;
  readonly schedules: ScheduleBoard;
  readonly followers: Pick<DeploymentFollowers, 'readers'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Metrics of this process, of all deployments and backups as the database has them, and of the schedules as this process last saw them. */
export function createApiMetrics({ store, schedules, followers, now }: ApiMetricsSources): ApiMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'slipway_http_request_duration_seconds', help: 'How long requests took, by route pattern.', labelNames: ['method', 'route', 'status'], buckets: BUCKETS_S,
    registers: [registry],
  });
  const text = async (): Promise<string> =>
    [(await registry.metrics()).trimEnd(), '\n', await storedMetrics(store, now()), renderFamilies([readersFamily(followers), ...scheduleFamilies(schedules.schedules)])].join('');
  return { requests, text, contentType: registry.contentType };
}

function readersFamily({ readers }: Pick<DeploymentFollowers, 'readers'>): Family {
  const samples = Object.entries(readers).map(([kind, value]) => ({ labels: { kind }, value }));
  return { name: 'slipway_readers', help: 'Requests of this process that wait for a deployment, and open event streams.', type: 'gauge', samples };
}
