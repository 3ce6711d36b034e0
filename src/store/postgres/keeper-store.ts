import { and, asc, count, eq, isNull, ne, or, type SQL, sql } from 'drizzle-orm';
import type { DriftRecord } from '../../domain/keeper/drift.js';
import type { DriftKey, KeeperStore, KeptEnvironment } from '../keeper-store.js';
import type { Database } from './database.js';
import { drifts, keeperRounds, registeredServers, seenRouters } from './keeper-schema.js';
import { deployments, routerEntries, stableReleases } from './schema.js';

export function postgresKeeperStore(database: Database): KeeperStore {
  const ageOfRound = async (site: string): Promise<number | null> => {
    const [row] = await database.run((queries) => queries.select({ ageMs: roundAgeMs() }).from(keeperRounds).where(eq(keeperRounds.site, site)));
    return row?.ageMs ?? null;
  };
  return {
    environments: (site) => keptEnvironments(database, sql`coalesce(${deployments.plan} ->> 'site', ${site}) = ${site}`),
    environment: async (service, environment) => (await keptEnvironments(database, and(eq(routerEntries.service, service), eq(routerEntries.environment, environment))))[0],
    register: async ({ service, environment, deployment }, servers) => {
      const row = { service, environment, deployment, servers };
      await database.run((queries) => queries.insert(registeredServers).values(row).onConflictDoUpdate({ target: [registeredServers.service, registeredServers.environment], set: row }));
    },
    find: async (found) => {
      const row = { ...found, routerInstance: nameOf(found), until: null, told: 'nothing' as const };
      const begun = await database.run((queries) => queries.insert(drifts).values(row).onConflictDoUpdate({
        target: [drifts.service, drifts.environment, drifts.routerInstance, drifts.kind], set: { ...row, found: sql`${drifts.found} + 1` }, setWhere: sql`${drifts.until} IS NOT NULL`,
      }).returning({ kind: drifts.kind }));
      return begun.length > 0;
    },
    describe: async (drift) => {
      const { text, outcome } = drift;
      await database.run((queries) => queries.update(drifts).set({ text, outcome })
        .where(and(same(drift), isNull(drifts.until), or(ne(drifts.text, text), ne(drifts.outcome, outcome)))));
    },
    end: async (drift) => {
      const { until, outcome } = drift;
      const restored = outcome === 'restored' ? { restored: sql`${drifts.restored} + 1` } : {};
      const ended = await database.run((queries) => queries.update(drifts).set({ until, outcome, ...restored })
        .where(and(same(drift), isNull(drifts.until))).returning({ kind: drifts.kind }));
      return ended.length > 0;
    },
    told: async (drift) => {
      const { since, told } = drift;
      await database.run((queries) => queries.update(drifts).set({ told }).where(and(same(drift), eq(drifts.since, since))));
    },
    unsettled: () => listDrifts(database, or(isNull(drifts.until), ne(drifts.told, 'all'))),
    driftsOf: (service, environment) => listDrifts(database, and(eq(drifts.service, service), eq(drifts.environment, environment))),
    round: async ({ site, environments, tookMs }) => {
      const row = { site, environments, tookMs, at: sql`clock_timestamp()` };
      await database.run((queries) => queries.insert(keeperRounds).values(row).onConflictDoUpdate({ target: keeperRounds.site, set: row }));
    },
    roundAgeMs: ageOfRound,
    countEnvironments: async () => (await database.run((queries) => queries.select({ number: count() }).from(routerEntries)))[0]?.number ?? 0,
    sawRouter: async ({ site, router, instance, entries }) => {
      const at = and(eq(seenRouters.site, site), eq(seenRouters.router, router), eq(seenRouters.instance, instance));
      if (entries === null) return void (await database.run((queries) => queries.delete(seenRouters).where(at)));
      await database.run((queries) => queries.insert(seenRouters).values({ site, router, instance, entries })
        .onConflictDoUpdate({ target: [seenRouters.site, seenRouters.router, seenRouters.instance], set: { entries } }));
    },
    seenRouter: async (site, router) => {
      const [age, instances] = await Promise.all([ageOfRound(site), database.run((queries) => queries.select({ instance: seenRouters.instance, entries: seenRouters.entries })
        .from(seenRouters).where(and(eq(seenRouters.site, site), eq(seenRouters.router, router))).orderBy(asc(seenRouters.instance)))]);
      return { roundAgeMs: age, instances };
    },
  };
}

/** By the database's own clock. */
export function roundAgeMs(): SQL<number> {
  return sql<number>`greatest(0, extract(epoch FROM clock_timestamp() - ${keeperRounds.at}) * 1000)::double precision`;
}

export async function listDrifts(database: Database, where: SQL | undefined): Promise<readonly DriftRecord[]> {
  const rows = await database.run((queries) => queries.select().from(drifts).where(where)
    .orderBy(asc(drifts.service), asc(drifts.environment), asc(drifts.routerInstance), asc(drifts.kind)));
  return rows.map(driftOf);
}

/** One statement, whatever the number: it runs every few seconds. */
async function keptEnvironments(database: Database, where: SQL | undefined): Promise<readonly KeptEnvironment[]> {
  const live = sql<boolean>`EXISTS (SELECT 1 FROM ${deployments} AS open WHERE open.service = ${routerEntries.service} AND open.environment = ${routerEntries.environment} AND open.ended_at IS NULL)`;
  const rows = await database.run((queries) => queries.select({ entry: routerEntries, stable: stableReleases, servers: registeredServers.servers, live })
    .from(routerEntries)
    .leftJoin(stableReleases, and(eq(stableReleases.service, routerEntries.service), eq(stableReleases.environment, routerEntries.environment)))
    .leftJoin(deployments, eq(deployments.id, stableReleases.deployment))
    .leftJoin(registeredServers, and(
      eq(registeredServers.service, routerEntries.service), eq(registeredServers.environment, routerEntries.environment), eq(registeredServers.deployment, stableReleases.deployment),
    ))
    .where(where).orderBy(asc(routerEntries.service), asc(routerEntries.environment)));
  return rows.map(({ entry, stable, servers, live: isLive }) => ({
    ...entry, stable: stable && { ...stable, since: stable.since.toISOString() }, live: isLive, servers: servers ?? [],
  }));
}

function same(drift: DriftKey): SQL | undefined {
  const { service, environment, kind } = drift;
  return and(eq(drifts.service, service), eq(drifts.environment, environment), eq(drifts.routerInstance, nameOf(drift)), eq(drifts.kind, kind));
}

function nameOf({ routerInstance }: Pick<DriftKey, 'routerInstance'>): string {
  return routerInstance ?? '';
}

function driftOf(row: typeof drifts.$inferSelect): DriftRecord {
  return { ...row, routerInstance: row.routerInstance === '' ? null : row.routerInstance };
}
