import { and, desc, eq, inArray, lt, ne, sql } from 'drizzle-orm';
import { canonicalJson, type JsonObject } from '../../domain/json.js';
import { cursorOf, pageOf } from '../cursor.js';
import { refuseTaken, revisionMoved } from '../refusals.js';
import { storable } from '../storable.js';
import type { Claims, ServiceRecord, ServiceStore } from '../stores.js';
import type { Database, Queries } from './database.js';
import { drifts, registeredServers } from './keeper-schema.js';
import { observations, routerEntries, serviceRevisions, services, sources as sourceRows, stableReleases } from './schema.js';

export function postgresServiceStore(database: Database): ServiceStore {
  return {
    get: (service) => database.run((queries) => find(queries, service)),
    list: async (page) => {
      const from = cursorOf<[string, string]>(page, ['', '']);
      const rows = await database.run((queries) => queries.select().from(services)
        .where(from && sql`(${services.updatedAt}, ${services.service}) < (${from[0]}::timestamptz, ${from[1]})`)
        .orderBy(desc(services.updatedAt), desc(services.service)).limit(page.limit + 1));
      return pageOf(rows.map(recordOf), page.limit, (row) => [row.updatedAt, row.service]);
    },
    revisions: async (service, page) => {
      const from = cursorOf<[number]>(page, [0]);
      const rows = await database.run((queries) => queries.select().from(serviceRevisions)
        .where(and(eq(serviceRevisions.service, service), from && lt(serviceRevisions.revision, from[0])))
        .orderBy(desc(serviceRevisions.revision)).limit(page.limit + 1));
      return pageOf(rows.map(recordOf), page.limit, (row) => [row.revision]);
    },
    put: (put) => database.transaction(async (queries) => {
      await oneChangeAtATime(queries);
      const current = await find(queries, put.service);
      assertRevision(put.service, current, put.expected);
      await checkClaims(queries, put.service, put);
      await claim(queries, put.service, put);
      if (current && canonicalJson(current.definition) === canonicalJson(storable(put.definition))) return current;
      return addRevision(queries, put.service, put.definition, put.by);
    }),
    check: (service, claims) => database.run((queries) => checkClaims(queries, service, claims)),
    forget: ({ service, environment, definition, by, expected }) => database.transaction(async (queries) => {
      await oneChangeAtATime(queries);
      assertRevision(service, await find(queries, service), expected);
      for (const table of [routerEntries, sourceRows, stableReleases, observations, drifts, registeredServers]) {
        await queries.delete(table).where(and(eq(table.service, service), eq(table.environment, environment)));
      }
      if (definition === null) await queries.delete(services).where(eq(services.service, service));
      else await addRevision(queries, service, definition, by);
    }),
  };
}

/** Definitions change seldom; one after the other, what another one claims cannot appear between the look and the claim. */
async function oneChangeAtATime(queries: Queries): Promise<void> {
  await queries.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended('slipway.definitions', 0))`);
}

async function find(queries: Queries, service: string): Promise<ServiceRecord | undefined> {
  const [row] = await queries.select().from(services).where(eq(services.service, service));
  return row && recordOf(row);
}

function recordOf(row: typeof services.$inferSelect): ServiceRecord {
  return { ...row, updatedAt: row.updatedAt.toISOString() };
}

function assertRevision(service: string, current: ServiceRecord | undefined, expected: number | undefined): void {
  const revision = current?.revision ?? 0;
  if (expected !== undefined && expected !== revision) throw revisionMoved(service, revision, expected);
}

async function checkClaims(queries: Queries, service: string, claims: Claims): Promise<void> {
  const [routers, environments] = [claims.entries.map(({ router }) => router), claims.sources.map(({ environment }) => environment)];
  const entries = await queries.select().from(routerEntries).where(and(inArray(routerEntries.router, routers), ne(routerEntries.service, service)));
  const sources = await queries.select().from(sourceRows).where(and(inArray(sourceRows.environment, environments), ne(sourceRows.service, service)));
  refuseTaken(service, claims, { entries, sources });
}

async function claim(queries: Queries, service: string, { entries, sources }: Claims): Promise<void> {
  await queries.delete(routerEntries).where(eq(routerEntries.service, service));
  if (entries.length > 0) await queries.insert(routerEntries).values(entries.map((each) => ({ ...each, service })));
  const kept = sources.map(({ environment, source }) => sql`(${environment}, ${source})`);
  const gone = kept.length > 0 ? sql`(${sourceRows.environment}, ${sourceRows.source}) NOT IN (${sql.join(kept, sql`, `)})` : undefined;
  await queries.delete(sourceRows).where(and(eq(sourceRows.service, service), gone));
  if (sources.length === 0) return;
  // Since when it is declared stays as it was.
  await queries.insert(sourceRows).values(sources.map((each) => ({ ...each, service })))
    .onConflictDoUpdate({ target: [sourceRows.environment, sourceRows.service, sourceRows.source], set: { place: sql`excluded.place`, maxAgeMs: sql`excluded.max_age_ms` } });
}

async function addRevision(queries: Queries, service: string, definition: JsonObject, by: string): Promise<ServiceRecord> {
  // Counted over all revisions there ever were: a service that is put again never repeats an ETag.
  const next = sql<number>`(SELECT coalesce(max(${serviceRevisions.revision}), 0) + 1 FROM ${serviceRevisions} WHERE ${serviceRevisions.service} = ${service})`;
  const [added] = await queries.insert(serviceRevisions)
    .values({ service, revision: next, definition, updatedBy: by, updatedAt: sql`clock_timestamp()` }).returning();
  if (!added) throw new Error('An insert returned no row.');
  await queries.insert(services).values(added).onConflictDoUpdate({ target: services.service, set: added });
  return recordOf(added);
}
