import { asc, desc, eq, gt, lt, sql } from 'drizzle-orm';
import { follows, nextLink } from '../audit-chain.js';
import type { AuditEntry, AuditRow, AuditStore } from '../audit-store.js';
import { cursorOf, pageOf } from '../cursor.js';
import { storable } from '../storable.js';
import type { Database, Queries } from './database.js';
import { audit } from './schema.js';

const ROWS_A_READ = 500;

export function postgresAuditStore(database: Database): AuditStore {
  return {
    append: (entry) => database.transaction((queries) => appendAudit(queries, entry)),
    list: async (page) => {
      const from = cursorOf<[number]>(page, [0]);
      const rows = await database.run((queries) => queries.select().from(audit)
        .where(from && lt(audit.sequence, from[0])).orderBy(desc(audit.sequence)).limit(page.limit + 1));
      return pageOf(rows, page.limit, (row) => [row.sequence]);
    },
    verify: () => verify(database),
  };
}

/** Part of the transaction that does what is written down. */
export async function appendAudit(queries: Queries, given: AuditEntry): Promise<AuditRow> {
  const entry = storable(given);
  // Two rows must not follow the same one.
  await queries.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended('slipway.audit', 0))`);
  if (entry.key !== undefined) {
    const [known] = await queries.select().from(audit).where(eq(audit.key, entry.key));
    if (known) return known;
  }
  const [last] = await queries.select().from(audit).orderBy(desc(audit.sequence)).limit(1);
  const row = nextLink(last, entry, await clock(queries));
  await queries.insert(audit).values(row);
  return row;
}

async function clock(queries: Queries): Promise<string> {
  const { rows } = await queries.execute<{ ms: number }>(sql`SELECT (extract(epoch FROM clock_timestamp()) * 1000)::double precision AS ms`);
  return new Date(rows[0]?.ms ?? Date.now()).toISOString();
}

async function verify(database: Database): ReturnType<AuditStore['verify']> {
  let last: AuditRow | undefined;
  for (;;) {
    const after = last?.sequence ?? 0;
    const rows = await database.run((queries) => queries.select().from(audit).where(gt(audit.sequence, after)).orderBy(asc(audit.sequence)).limit(ROWS_A_READ));
    for (const row of rows) {
      if (!follows(last, row)) return { rows: last?.sequence ?? 0, brokenAt: (last?.sequence ?? 0) + 1 };
      last = row;
    }
    if (rows.length < ROWS_A_READ) return { rows: last?.sequence ?? 0, brokenAt: null };
  }
}
