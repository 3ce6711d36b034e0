import { and, desc, eq, lt, sql } from 'drizzle-orm';
import { canonicalJson, type JsonObject } from '../../domain/json.js';
import { cursorOf, pageOf } from '../cursor.js';
import { entryTaken, revisionMoved } from '../refusals.js';
import { storable } from '../storable.js';
import type { EntryClaim, ServiceRecord, ServiceStore } from '../stores.js';
import type { Database, Queries } from './database.js';
import { observations, routerEntries, serviceRevisions, services, stableReleases } from './schema.js';

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
      await claimEntries(queries, put.service, put.entries);
      if (current && canonicalJson(current.definition) === canonicalJson(storable(put.definition))) return current;
      return addRevision(queries, put.service, put.definition, put.by);
    }),
    forget: ({ service, environment, definition, by, expected }) => database.transaction(async (queries) => {
      await oneChangeAtATime(queries);
      assertRevision(service, await find(queries, service), expected);
      for (const table of [routerEntries, stableReleases, observations]) {
        await queries.delete(table).where(and(eq(table.service, service), eq(table.environment, environment)));
      }
      if (definition === null) await queries.delete(services).where(eq(services.service, service));
      else await addRevision(queries, service, definition, by);
    }),
  };
}

/** Definitions change seldom; one after the other, two of them cannot block each other while they swap router entries. */
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

async function claimEntries(queries: Queries, service: string, claims: readonly EntryClaim[]): Promise<void> {
  await queries.delete(routerEntries).where(eq(routerEntries.service, service));
  for (const claim of claims) {
    const { router, backend, environment } = claim;
    const claimed = await queries.insert(routerEntries).values({ router, backend, service, environment }).onConflictDoNothing().returning();
    if (claimed.length === 0) throw await takenError(queries, claim);
  }
}

async function takenError(queries: Queries, claim: EntryClaim): Promise<Error> {
  const [owner] = await queries.select().from(routerEntries)
    .where(and(eq(routerEntries.router, claim.router), eq(routerEntries.backend, claim.backend)));
  return entryTaken(claim, owner ?? { service: 'another service', environment: 'another environment' });
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
