import type { DriftRecord } from '../../domain/keeper/drift.js';
import type { MetricsStore } from '../../store/stores.js';
import type { Family } from './metric-family.js';

/** What the keepers of all sites do, and what they found. */
export function keeperFamilies(rounds: Awaited<ReturnType<MetricsStore['keeperRounds']>>, drifts: readonly DriftRecord[]): readonly Family[] {
  const ofSite = (value: (round: (typeof rounds)[number]) => number) => rounds.map((round) => ({ labels: { site: round.site }, value: value(round) }));
  const ofDrift = (value: (drift: DriftRecord) => number) => drifts.map((drift) => ({ labels: labelsOf(drift), value: value(drift) }));
  return [
    { name: 'slipway_keeper_round_age_seconds', help: 'Since the last look at a site between deployments; more than 30 is nobody looking.', type: 'gauge', samples: ofSite(({ ageMs }) => ageMs / 1_000) },
    { name: 'slipway_keeper_round_duration_seconds', help: 'How long that look took.', type: 'gauge', samples: ofSite(({ tookMs }) => tookMs / 1_000) },
    { name: 'slipway_keeper_environments', help: 'Environments of the site.', type: 'gauge', samples: ofSite(({ environments }) => environments) },
    { name: 'slipway_drift', help: 'Whether something is not as recorded while no deployment is live.', type: 'gauge', samples: ofDrift(({ until }) => (until === null ? 1 : 0)) },
    { name: 'slipway_drifts_found_total', help: 'How often it was found.', type: 'counter', samples: ofDrift(({ found }) => found) },
    { name: 'slipway_drifts_restored_total', help: 'How often it was put back as recorded.', type: 'counter', samples: ofDrift(({ restored }) => restored) },
  ];
}

function labelsOf({ service, environment, routerInstance, kind }: DriftRecord): Readonly<Record<string, string>> {
  return { service, environment, router_instance: routerInstance ?? '', kind };
}
