import { and, eq, isNull, sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import { IN_FLIGHT_MS } from '../idempotency-flight.js';
import { keyReused } from '../refusals.js';
import type { IdempotencyClaim, IdempotencyState, IdempotencyStore } from '../stores.js';
import type { Database, Queries } from './database.js';
import { idempotencyKeys as keys } from './schema.js';

export function postgresIdempotencyStore(database: Database): IdempotencyStore {
  return {
    begin: (claim) => database.transaction((queries) => begin(queries, claim)),
    answer: async (claim, answer) => {
      await database.run((queries) => queries.update(keys).set({ answer }).where(and(rowOf(claim), isNull(keys.answer))));
    },
    release: (claim) => database.transaction(async (queries) => {
      const unanswered = and(rowOf(claim), isNull(keys.answer));
      await queries.delete(keys).where(and(unanswered, isNull(keys.resource)));
      await queries.update(keys).set({ begunAt: null }).where(unanswered);
    }),
  };
}

async function begin(queries: Queries, claim: IdempotencyClaim): Promise<IdempotencyState> {
  const fresh = await queries.insert(keys).values({ ...claim, begunAt: sql`clock_timestamp()` }).onConflictDoNothing().returning();
  if (fresh.length > 0) return { state: 'new' };
  // The lock makes one of two takers wait for the other, and then find the key in flight.
  const inFlight = sql<boolean>`coalesce(${keys.begunAt} > clock_timestamp() - ${IN_FLIGHT_MS} * interval '1 millisecond', false)`;
  const [row] = await queries.select({ bodyHash: keys.bodyHash, resource: keys.resource, answer: keys.answer, inFlight })
    .from(keys).where(identityOf(claim)).for('update');
  // Released between the two statements: it was in flight a moment ago.
  if (!row) return { state: 'in-flight', resource: null };
  if (row.bodyHash !== claim.bodyHash) throw keyReused();
  if (row.answer) return { state: 'known', resource: row.resource, answer: row.answer };
  if (row.inFlight) return { state: 'in-flight', resource: row.resource };
  await queries.update(keys).set({ begunAt: sql`clock_timestamp()` }).where(identityOf(claim));
  return row.resource === null ? { state: 'new' } : { state: 'known', resource: row.resource, answer: null };
}

/** Part of the statement that requests something: one row when the key now stands for it, none when it stands for another one or another body. */
export function bindResource(queries: Queries, claim: IdempotencyClaim, resource: string): SQLWrapper {
  return queries.insert(keys).values({ ...claim, resource, begunAt: sql`clock_timestamp()` })
    .onConflictDoUpdate({
      target: [keys.actor, keys.route, keys.key],
      set: { resource },
      setWhere: sql`${keys.bodyHash} = ${claim.bodyHash} AND coalesce(${keys.resource}, ${resource}) = ${resource}`,
    }).returning({ resource: keys.resource });
}

export async function unbindResource(queries: Queries, resource: string): Promise<void> {
  await queries.update(keys).set({ resource: null }).where(eq(keys.resource, resource));
}

function identityOf(claim: IdempotencyClaim): SQL | undefined {
  return and(eq(keys.actor, claim.actor), eq(keys.route, claim.route), eq(keys.key, claim.key));
}

function rowOf(claim: IdempotencyClaim): SQL | undefined {
  return and(identityOf(claim), eq(keys.bodyHash, claim.bodyHash));
}
