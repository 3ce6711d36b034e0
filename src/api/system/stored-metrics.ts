import type { MetricsStore } from '../../store/stores.js';
import { backupFamilies } from './backup-families.js';
import { keeperFamilies } from './keeper-families.js';
import { retentionFamilies } from './retention-families.js';
import { renderFamilies, type Family } from './metric-family.js';

const BREACH_BOUNDS_MS = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000];

/**
 * What the database counts, in the Prometheus text format. The totals are the database's, the same whichever process is asked, so they are
 * read at each scrape and not counted here.
 */
export async function storedMetrics(store: MetricsStore, nowMs: number): Promise<string> {
  try {
    const [outcomes, breach, splits, backups, retention, rounds, drifts] = await Promise.all([
      store.outcomes(), store.breachToZero(BREACH_BOUNDS_MS), store.splits(), store.backups(), store.retention(), store.keeperRounds(), store.drifts(),
    ]);
    return renderFamilies([
      databaseUp(1), ...outcomeFamilies(outcomes), breachFamily(breach), splitFamily(splits), ...keeperFamilies(rounds, drifts), ...backupFamilies(backups, nowMs), ...retentionFamilies(retention),
    ]);
  } catch {
    return renderFamilies([databaseUp(0)]);
  }
}

function databaseUp(value: number): Family {
  return { name: 'slipway_database_up', help: 'Whether the database answered this scrape.', type: 'gauge', samples: [{ labels: {}, value }] };
}

function outcomeFamilies(outcomes: Awaited<ReturnType<MetricsStore['outcomes']>>): Family[] {
  const rows = outcomes.map(({ service, environment, strategy, phase, ...rest }) => ({ labels: { service, environment, strategy, outcome: phase }, ...rest }));
  return [
    { name: 'slipway_deployments_total', help: 'Ended deployments.', type: 'counter', samples: rows.map(({ labels, count }) => ({ labels, value: count })) },
    {
      name: 'slipway_deployment_duration_seconds_total', help: 'Time of ended deployments: progressing by themselves, or waiting for people.', type: 'counter',
      samples: rows.flatMap(({ labels, progressingMs, waitingMs }) => [
        { labels: { ...labels, part: 'progressing' }, value: progressingMs / 1_000 },
        { labels: { ...labels, part: 'waiting' }, value: waitingMs / 1_000 },
      ]),
    },
  ];
}

function breachFamily({ counts, count, sumMs }: Awaited<ReturnType<MetricsStore['breachToZero']>>): Family {
  const name = 'slipway_breach_to_zero_seconds';
  const buckets = BREACH_BOUNDS_MS.map((bound, index) => ({ name: `${name}_bucket`, labels: { le: String(bound / 1_000) }, value: counts[index] ?? 0 }));
  const samples = [...buckets, { name: `${name}_bucket`, labels: { le: '+Inf' }, value: count }, { name: `${name}_sum`, labels: {}, value: sumMs / 1_000 }, { name: `${name}_count`, labels: {}, value: count }];
  return { name, help: 'From the breaching sample until the candidate had no traffic.', type: 'histogram', samples };
}

function splitFamily(splits: Awaited<ReturnType<MetricsStore['splits']>>): Family {
  const samples = splits.flatMap(({ service, environment, routerInstance, split }) =>
    (['blue', 'green'] as const).map((slot) => ({ labels: { service, environment, router_instance: routerInstance, slot }, value: split[slot] / 10_000 })));
  return { name: 'slipway_split_ratio', help: 'Share of traffic by slot, as the workers last saw it.', type: 'gauge', samples };
}
