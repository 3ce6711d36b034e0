import type { DriftRecord } from '../../domain/keeper/drift.js';
import type { DriftKey, KeeperStore, KeptEnvironment } from '../keeper-store.js';
import { storable } from '../storable.js';
import { assertAvailable, environmentKey, type MemoryTables } from './tables.js';

export function memoryKeeperStore(tables: MemoryTables): KeeperStore {
  const { drifts, rounds, seenRouters, registered } = tables.keeper;
  const change = (key: DriftKey, when: (drift: DriftRecord) => boolean, changed: (drift: DriftRecord) => Partial<DriftRecord>): boolean => {
    assertAvailable(tables);
    const drift = drifts.get(keyOf(key));
    if (!drift || !when(drift)) return false;
    drifts.set(keyOf(key), storable({ ...drift, ...changed(drift) }));
    return true;
  };
  const list = (matches: (drift: DriftRecord) => boolean): readonly DriftRecord[] => {
    assertAvailable(tables);
    return [...drifts].filter(([, drift]) => matches(drift)).sort(([a], [b]) => (a < b ? -1 : 1)).map(([, drift]) => drift);
  };
  const kept = (): readonly KeptEnvironment[] => {
    assertAvailable(tables);
    return tables.entries.map((entry) => keptEnvironment(tables, entry)).sort((a, b) => (environmentKey(a.service, a.environment) < environmentKey(b.service, b.environment) ? -1 : 1));
  };
  const roundAgeMs = (site: string): number | null => {
    const round = rounds.get(site);
    return round ? Math.max(0, tables.now() - round.at) : null;
  };
  return {
    environments: async (site) => kept().filter(({ stable }) => ((stable && tables.deployments.get(stable.deployment)?.record.plan.site) ?? site) === site),
    environment: async (service, environment) => kept().find((each) => each.service === service && each.environment === environment),
    register: async ({ service, environment, deployment }, servers) => {
      assertAvailable(tables);
      registered.set(environmentKey(service, environment), { deployment, servers });
    },
    find: async (found) => {
      assertAvailable(tables);
      const known = drifts.get(keyOf(found));
      if (known?.until === null) return false;
      drifts.set(keyOf(found), storable({ ...found, until: null, told: 'nothing' as const, found: (known?.found ?? 0) + 1, restored: known?.restored ?? 0 }));
      return true;
    },
    describe: async (drift) => void change(drift, lasts, () => ({ text: drift.text, outcome: drift.outcome })),
    end: async ({ until, outcome, ...key }) => change(key, lasts, ({ restored }) => ({ until, outcome, restored: restored + (outcome === 'restored' ? 1 : 0) })),
    told: async ({ told, since, ...key }) => void change(key, (drift) => drift.since === since, () => ({ told })),
    unsettled: async () => list((drift) => lasts(drift) || drift.told !== 'all'),
    driftsOf: async (service, environment) => list((drift) => drift.service === service && drift.environment === environment),
    round: async ({ site, environments, tookMs }) => {
      assertAvailable(tables);
      rounds.set(site, { environments, tookMs, at: tables.now() });
    },
    roundAgeMs: async (site) => {
      assertAvailable(tables);
      return roundAgeMs(site);
    },
    countEnvironments: async () => {
      assertAvailable(tables);
      return tables.entries.length;
    },
    sawRouter: async ({ site, router, instance, entries }) => {
      assertAvailable(tables);
      const key = JSON.stringify([site, router, instance]);
      if (entries === null) seenRouters.delete(key);
      else seenRouters.set(key, { site, router, instance, entries });
    },
    seenRouter: async (site, router) => {
      assertAvailable(tables);
      const instances = [...seenRouters.values()].filter((seen) => seen.site === site && seen.router === router)
        .map(({ instance, entries }) => ({ instance, entries })).sort((a, b) => (a.instance < b.instance ? -1 : 1));
      return { roundAgeMs: roundAgeMs(site), instances };
    },
  };
}

function keptEnvironment(tables: MemoryTables, { service, environment, router, backend }: MemoryTables['entries'][number]): KeptEnvironment {
  const stable = tables.stable.get(environmentKey(service, environment)) ?? null;
  const registered = tables.keeper.registered.get(environmentKey(service, environment));
  const live = [...tables.deployments.values()].some(({ record }) => record.service === service && record.environment === environment && record.endedAt === null);
  return { service, environment, router, backend, stable, live, servers: registered && registered.deployment === stable?.deployment ? registered.servers : [] };
}

function lasts({ until }: DriftRecord): boolean {
  return until === null;
}

function keyOf({ service, environment, routerInstance, kind }: DriftKey): string {
  return [service, environment, routerInstance ?? '', kind].join('/');
}
