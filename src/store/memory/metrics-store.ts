import type { MetricsStore } from '../stores.js';
import { memoryBackupMetrics } from './backup-metrics.js';
import { assertAvailable, type MemoryTables } from './tables.js';

type Outcome = Awaited<ReturnType<MetricsStore['outcomes']>>[number];

export function memoryMetricsStore(tables: MemoryTables): MetricsStore {
  const ended = () => [...tables.deployments.values()].map((row) => row.record).filter((record) => record.endedAt !== null);
  return {
    outcomes: async () => {
      assertAvailable(tables);
      const groups = new Map<string, Outcome>();
      for (const { service, environment, strategy, phase, status } of ended()) {
        const key = JSON.stringify([service, environment, strategy, phase]);
        const group = groups.get(key) ?? { service, environment, strategy, phase, count: 0, progressingMs: 0, waitingMs: 0 };
        groups.set(key, {
          ...group,
          count: group.count + 1,
          progressingMs: group.progressingMs + (status?.timings.progressingMs ?? 0),
          waitingMs: group.waitingMs + (status?.timings.waitingMs ?? 0),
        });
      }
      return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
    },
    breachToZero: async (boundsMs) => {
      assertAvailable(tables);
      const times = ended().flatMap((record) => record.status?.breachToZeroMs ?? []);
      const counts = boundsMs.map((bound) => times.filter((ms) => ms <= bound).length);
      return { counts, count: times.length, sumMs: times.reduce((sum, ms) => sum + ms, 0) };
    },
    splits: async () => {
      assertAvailable(tables);
      return [...tables.observations.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, record]) => record);
    },
    keeperRounds: async () => {
      assertAvailable(tables);
      return [...tables.keeper.rounds].map(([site, { at, ...round }]) => ({ site, ...round, ageMs: Math.max(0, tables.now() - at) }));
    },
    drifts: async () => {
      assertAvailable(tables);
      return [...tables.keeper.drifts.values()];
    },
    backups: async () => memoryBackupMetrics(tables),
    retention: async () => {
      assertAvailable(tables);
      const repositories = [...tables.repositories.values()].flatMap(({ site, place, name, prunedAt }) => (prunedAt === null ? [] : [{ site, place, name, prunedAt }]));
      return { sources: [...tables.retentions.values()], repositories };
    },
  };
}
