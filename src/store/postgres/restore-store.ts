import { and, desc, eq, isNull, lt, type SQL } from 'drizzle-orm';
import type { RestoreRecord } from '../../domain/backup/record.js';
import type { RestoreStore } from '../backup-stores.js';
import { cursorOf, pageOf } from '../cursor.js';
import { noRestore } from '../refusals.js';
import { restoreLost, restoreRecorded, type RestoreRow } from '../restore-row.js';
import { claimed } from '../run-claim.js';
import { restores } from './backup-schema.js';
import type { Database, Queries } from './database.js';
import { unbindResource } from './idempotency-store.js';
import { refuseForgotten } from './pins.js';
import { oldestFirst, ofSource, unfinishedFor } from './request-lists.js';
import { requestRow } from './request-row.js';

export function postgresRestoreStore(database: Database): RestoreStore {
  const change = (id: string, next: Change) => database.transaction((queries) => changeRow(queries, id, next));
  return {
    request: (restore, idempotency) => requestRow(database, restores, restore, idempotency),
    claim: (id, runId) => database.transaction(async (queries) => {
      const { changed } = await changeRow(queries, id, (row) => claimed(row, runId));
      if (changed) await refuseForgotten(queries, changed.record.backup);
      return changed !== undefined;
    }),
    get: (id) => database.run(async (queries) => {
      const [row] = await queries.select().from(restores).where(eq(restores.id, id));
      return row && rowOf(row).record;
    }),
    list: async (filter, page) => {
      const from = cursorOf<[string]>(page, ['']);
      const rows = await database.run((queries) => queries.select().from(restores)
        .where(and(ofSource(restores, filter), from && lt(restores.id, from[0]))).orderBy(desc(restores.id)).limit(page.limit + 1));
      return pageOf(rows.map(recordOf), page.limit, ({ id }) => [id]);
    },
    withdraw: (id) => database.transaction(async (queries) => {
      const gone = await queries.delete(restores)
        .where(and(eq(restores.id, id), isNull(restores.runId), isNull(restores.endedAt))).returning({ id: restores.id });
      if (gone.length > 0) await unbindResource(queries, id);
    }),
    record: async (status) => {
      const { found } = await change(status.restore, (row) => restoreRecorded(row, status, new Date().toISOString()));
      if (!found) throw noRestore(status.restore);
    },
    unfinished: async (olderThanMs) => (await database.run((queries) => queries.select().from(restores)
      .where(unfinishedFor(restores, olderThanMs)).orderBy(oldestFirst(restores)))).map(recordOf),
    lose: (id, text) => database.transaction(async (queries) => {
      const { changed } = await changeRow(queries, id, (row) => restoreLost(row, text, new Date().toISOString()));
      if (changed?.runId === null) await unbindResource(queries, id);
      return changed !== undefined;
    }),
  };
}

type Change = (row: RestoreRow) => RestoreRow | undefined;

/** Within a transaction: the row is read, changed and written while nobody else can. */
async function changeRow(queries: Queries, id: string, next: Change): Promise<{ readonly found: boolean; readonly changed: RestoreRow | undefined }> {
  const where: SQL = eq(restores.id, id);
  const [found] = await queries.select().from(restores).where(where).for('update');
  const changed = found && next(rowOf(found));
  if (changed) await queries.update(restores).set({ status: changed.record.status, endedAt: changed.record.endedAt, runId: changed.runId }).where(where);
  return { found: found !== undefined, changed };
}

function rowOf({ runId, ...record }: typeof restores.$inferSelect): RestoreRow {
  return { record, runId };
}

function recordOf(row: typeof restores.$inferSelect): RestoreRecord {
  return rowOf(row).record;
}
