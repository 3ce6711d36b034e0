import { and, desc, eq, gt, inArray, lte, ne, sql, type SQL } from 'drizzle-orm';
import type { LeaseAnswer, LeaseRequest, LeaseStore } from '../lease-store.js';
import { leases } from './backup-schema.js';
import type { Database, Queries } from './database.js';

export function postgresLeaseStore(database: Database): LeaseStore {
  return {
    acquire: (request) => database.transaction((queries) => acquire(queries, request)),
    renew: async (token, ttlMs) => {
      const renewed = await database.run((queries) => queries.update(leases).set({ until: inFuture(ttlMs) })
        .where(and(eq(leases.token, token), gt(leases.until, NOW))).returning({ token: leases.token }));
      return renewed.length > 0;
    },
    release: async (token) => {
      await database.run((queries) => queries.delete(leases).where(eq(leases.token, token)));
    },
  };
}

/** Not `now()`: that stands still while a transaction waits for another one. */
const NOW = sql`clock_timestamp()`;

function inFuture(ms: number): SQL {
  return sql`clock_timestamp() + ${ms} * interval '1 millisecond'`;
}

async function acquire(queries: Queries, { name, mode, holder, ttlMs, waitsMs = 0, ahead = false }: LeaseRequest): Promise<LeaseAnswer> {
  // One after the other, name by name: two that both see nobody must not both go in, and tokens grow in the order of the holders.
  await queries.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended('slipway.lease/' || ${name}, 0))`);
  await queries.delete(leases).where(and(eq(leases.name, name), lte(leases.until, NOW)));
  const [held] = await queries.select({ heldBy: leases.holder, until: leases.until }).from(leases)
    .where(and(eq(leases.name, name), mode === 'alone' ? ne(leases.mode, 'waiting') : inArray(leases.mode, ahead ? ['alone'] : ['alone', 'waiting']))).orderBy(desc(leases.until)).limit(1);
  if (mode === 'alone') await queries.delete(leases).where(and(eq(leases.name, name), eq(leases.mode, 'waiting'), eq(leases.holder, holder)));
  if (held && mode === 'alone' && waitsMs > 0) await queries.insert(leases).values({ name, mode: 'waiting', holder, until: inFuture(waitsMs) });
  if (held) return held;
  const [lease] = await queries.insert(leases).values({ name, mode, holder, until: inFuture(ttlMs) }).returning({ token: leases.token });
  if (!lease) throw new Error('An insert returned no row.');
  return lease;
}
