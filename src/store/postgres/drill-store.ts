import { and, desc, eq, isNotNull, isNull, lt } from 'drizzle-orm';
import type { DrillRecord } from '../../domain/backup/record.js';
import type { DrillStore } from '../backup-stores.js';
import { cursorOf, pageOf } from '../cursor.js';
import { noDrill } from '../refusals.js';
import { drillEnded, drillLost, drillOpened, drillSkipped } from '../restore-row.js';
import { drills } from './backup-schema.js';
import type { Database } from './database.js';
import { unbindResource } from './idempotency-store.js';
import { refuseForgotten } from './pins.js';
import { oldestFirst, ofSource, unfinishedFor } from './request-lists.js';
import { requestKeyed, requestRow } from './request-row.js';

export function postgresDrillStore(database: Database): DrillStore {
  const change = (id: string, next: (record: DrillRecord) => DrillRecord | undefined, needed?: string) => database.transaction(async (queries) => {
    const [row] = await queries.select().from(drills).where(eq(drills.id, id)).for('update');
    if (!row) throw noDrill(id);
    const changed = next(recordOf(row));
    if (!changed) return false;
    const { backup, plan, proven, text, tookMs, endedAt } = changed;
    await queries.update(drills).set({ backup, plan, proven, text, tookMs, endedAt }).where(eq(drills.id, id));
    if (needed !== undefined) await refuseForgotten(queries, needed);
    return true;
  });
  return {
    request: async ({ key, ...drill }, idempotency) => {
      if (key !== undefined) return requestKeyed(database, drills, { ...drill, key }, idempotency);
      await requestRow(database, drills, drill, idempotency);
      return drill.id;
    },
    open: async (id, plan) => void (await change(id, (record) => drillOpened(record, plan), plan.backup.id)),
    get: (id) => database.run(async (queries) => {
      const [row] = await queries.select().from(drills).where(eq(drills.id, id));
      return row && recordOf(row);
    }),
    list: async (filter, page) => {
      const from = cursorOf<[string]>(page, ['']);
      const rows = await database.run((queries) => queries.select().from(drills)
        .where(and(ofSource(drills, filter), from && lt(drills.id, from[0]))).orderBy(desc(drills.id)).limit(page.limit + 1));
      return pageOf(rows.map(recordOf), page.limit, ({ id }) => [id]);
    },
    record: async (id, end) => void (await change(id, (record) => drillEnded(record, end))),
    skippedStarts: (address) => database.run((queries) => queries.$count(drills, and(ofSource(drills, address), isNull(drills.proven), isNotNull(drills.endedAt)))),
    skip: async (id, text) => void (await change(id, (record) => drillSkipped(record, text, new Date().toISOString()))),
    lose: (id, text) => change(id, (record) => drillLost(record, text, new Date().toISOString())),
    withdraw: (id) => database.transaction(async (queries) => {
      const gone = await queries.delete(drills).where(and(eq(drills.id, id), isNull(drills.plan), isNull(drills.endedAt))).returning({ id: drills.id });
      if (gone.length > 0) await unbindResource(queries, id);
    }),
    unfinished: async (olderThanMs) => (await database.run((queries) => queries.select().from(drills)
      .where(unfinishedFor(drills, olderThanMs)).orderBy(oldestFirst(drills)))).map(recordOf),
  };
}

function recordOf({ key: _, ...record }: typeof drills.$inferSelect): DrillRecord {
  return record;
}
