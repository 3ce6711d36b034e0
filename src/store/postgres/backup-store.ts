import { and, asc, desc, eq, gte, inArray, isNotNull, isNull, lt, lte, ne, not, notInArray, sql, type SQL } from 'drizzle-orm';
import type { BackupEntry } from '../../domain/backup/record.js';
import { erased, held, lost, provenEqual, readAgain, recorded, skipped, storedAs, type BackupRow, unread } from '../backup-row.js';
import type { BackupFilter, BackupStore } from '../backup-stores.js';
import { cursorOf, pageOf } from '../cursor.js';
import { moment } from '../moment.js';
import { noBackup, notRunning } from '../refusals.js';
import { claimed } from '../run-claim.js';
import { appendAudit } from './audit-store.js';
import { dropContents, findContent, hasContent, insertContent, putManifest } from './backup-contents.js';
import { backups, retentions } from './backup-schema.js';
import type { Database, Queries } from './database.js';
import { unbindResource } from './idempotency-store.js';
import { findPins } from './pins.js';
import { oldestFirst, ofSource, unfinishedFor } from './request-lists.js';
import { requestKeyed, requestRow } from './request-row.js';

export function postgresBackupStore(database: Database): BackupStore {
  const find = async (where: SQL | undefined, order: readonly SQL[], limit?: number) => (await database.run((queries) => {
    const query = queries.select().from(backups).where(where).orderBy(...order).$dynamic();
    return limit === undefined ? query : query.limit(limit);
  })).map(rowOf).map(({ record }) => record);
  const change = (id: string, next: Change) => database.transaction((queries) => changeRow(queries, id, next));
  const mustChange = async (id: string, next: Change): Promise<void> => {
    if (!(await change(id, next)).found) throw noBackup(id);
  };
  return {
    request: async ({ key, ...backup }, idempotency) => {
      if (key !== undefined) return requestKeyed(database, backups, { ...backup, key }, idempotency);
      await requestRow(database, backups, backup, idempotency);
      return backup.id;
    },
    claim: async (id, runId) => (await change(id, (row) => claimed(row, runId))).changed !== undefined,
    get: async (id) => (await find(eq(backups.id, id), [], 1))[0],
    list: async (filter, page) => {
      const from = cursorOf<[string]>(page, ['']);
      const records = await find(and(matching(filter), from && lt(backups.id, from[0])), [desc(backups.id)], page.limit + 1);
      return pageOf(records, page.limit, ({ id }) => [id]);
    },
    kept: (address) => entries(database, and(ofSource(backups, address), isNotNull(backups.snapshot), ne(backups.state, 'forgotten')), NEWEST_DATA),
    pins: (address) => database.run((queries) => findPins(queries, ofSource(backups, address))),
    newestVerified: async (address, before) =>
      (await find(and(matching({ ...address, usable: true }), ne(backups.trigger, 'safety'), before === undefined ? undefined : lte(backups.at, moment(before))), NEWEST_DATA, 1))[0],
    withdraw: (id) => database.transaction(async (queries) => {
      const gone = await queries.delete(backups)
        .where(and(eq(backups.id, id), isNull(backups.runId), isNull(backups.endedAt))).returning({ id: backups.id });
      if (gone.length > 0) await unbindResource(queries, id);
    }),
    skippedStarts: (address) => database.run((queries) => queries.$count(backups, and(ofSource(backups, address), eq(backups.state, 'skipped'), eq(backups.trigger, 'schedule')))),
    skip: async (id, text) => void (await change(id, (row) => skipped(row, text, new Date().toISOString()))),
    keepContent: async (id, attempt, content) => {
      if (!(await database.transaction((queries) => insertContent(queries, id, attempt, content)))) throw notRunning(id);
    },
    wasBegun: (id) => database.run((queries) => hasContent(queries, id)),
    content: (id, attempt) => database.transaction((queries) => findContent(queries, id, attempt)),
    stored: (id, stored) => database.transaction(async (queries) => {
      // The row first: whoever ends it drops contents, and both wait for the same lock.
      if (!(await changeRow(queries, id, (row) => storedAs(row, stored))).found) throw noBackup(id);
      if (!(await putManifest(queries, id, stored.attempt, stored.manifest))) throw notRunning(id);
    }),
    record: (status) => mustChange(status.backup, (row) => recorded(row, status, new Date().toISOString())),
    verified: (id, result) => mustChange(id, (row) => readAgain(row, result)),
    unread: (id, failure) => mustChange(id, (row) => unread(row, failure)),
    proven: (id, at) => mustChange(id, (row) => provenEqual(row, at)),
    letGo: async (ids) => {
      const gone: string[] = [];
      for (let from = 0; from < ids.length; from += LET_GO_AT_ONCE) gone.push(...await database.transaction((queries) => letGo(queries, ids.slice(from, from + LET_GO_AT_ONCE))));
      return gone;
    },
    lettingGo: (address) => entries(database, and(ofSource(backups, address), eq(backups.state, 'forgotten'), not(backups.erased)), [oldestFirst(backups)]),
    forgotten: async (ids) => {
      for (const id of ids) await change(id, erased);
    },
    retained: async ({ service, environment, source }, at) => {
      await database.run((queries) => queries.insert(retentions).values({ service, environment, source, at: moment(at) })
        .onConflictDoUpdate({ target: [retentions.service, retentions.environment, retentions.source], set: { at: sql`greatest(${retentions.at}, excluded.at)` } }));
    },
    hold: (id, hold, entry) => database.transaction(async (queries) => {
      if (!(await changeRow(queries, id, (row) => held(row, hold))).found) throw noBackup(id);
      await appendAudit(queries, entry);
    }),
    unfinished: (olderThanMs) => find(unfinishedFor(backups, olderThanMs), [oldestFirst(backups)]),
    lose: (id, text) => database.transaction(async (queries) => {
      const { changed } = await changeRow(queries, id, (row) => lost(row, text, new Date().toISOString()));
      if (changed?.runId === null) await unbindResource(queries, id);
      return changed !== undefined;
    }),
  };
}

const NEWEST_DATA = [desc(backups.at), desc(backups.id)];

const LET_GO_AT_ONCE = 500;

function entries(database: Database, where: SQL | undefined, order: readonly SQL[]): Promise<readonly BackupEntry[]> {
  const { id, repository, state, trigger, snapshot, at, requestedAt } = backups;
  return database.run((queries) => queries.select({ id, repository, state, trigger, snapshot, at, requestedAt, held: sql<boolean>`${backups.hold} IS NOT NULL` })
    .from(backups).where(where).orderBy(...order));
}

/**
 * Whoever comes to need one of these waits for its row, and then finds it gone; whoever came before is seen here, as each statement sees what was
 * committed before it.
 */
async function letGo(queries: Queries, ids: readonly string[]): Promise<readonly string[]> {
  const these = inArray(backups.id, [...ids]);
  await queries.select({ id: backups.id }).from(backups).where(these).orderBy(asc(backups.id)).for('update');
  const pinned = (await findPins(queries, these)).map(({ backup }) => backup);
  const gone = await queries.update(backups).set({ state: 'forgotten' })
    .where(and(these, notInArray(backups.id, pinned), isNull(backups.hold), isNotNull(backups.snapshot))).returning({ id: backups.id });
  return gone.map(({ id }) => id);
}

type Change = (row: BackupRow) => BackupRow | undefined;

/** Within a transaction: the row is read, changed and written while nobody else can. */
async function changeRow(queries: Queries, id: string, next: Change): Promise<{ readonly found: boolean; readonly changed: BackupRow | undefined }> {
  const [found] = await queries.select().from(backups).where(eq(backups.id, id)).for('update');
  const changed = found && next(rowOf(found));
  if (changed) {
    await queries.update(backups).set(changesOf(changed)).where(eq(backups.id, id));
    await dropContents(queries, changed);
  }
  return { found: found !== undefined, changed };
}

function rowOf(found: typeof backups.$inferSelect): BackupRow {
  const { key, runId, attempt, checkedAt, tookMs, erased: gone, ...record } = found;
  return { record, key, runId, attempt, checkedAt, tookMs, erased: gone };
}

/** All that can change after the request. */
function changesOf({ record, runId, attempt, checkedAt, tookMs, erased: gone }: BackupRow): Partial<typeof backups.$inferInsert> {
  const { state, status, snapshot, fingerprint, bytes, storedBytes, at, verifiedAt, checkFailure, provenAt, damage, hold, endedAt } = record;
  return {
    state, status, snapshot, fingerprint, bytes, storedBytes, at, verifiedAt, checkFailure, provenAt, damage, hold, endedAt, runId, attempt, checkedAt, tookMs,
    erased: gone,
  };
}

function matching({ state, repository, since, until, usable, ...address }: BackupFilter): SQL | undefined {
  return and(
    ofSource(backups, address),
    state === undefined ? undefined : eq(backups.state, state),
    repository === undefined ? undefined : eq(backups.repository, repository),
    since === undefined ? undefined : gte(backups.requestedAt, moment(since)),
    until === undefined ? undefined : lt(backups.requestedAt, moment(until)),
    usable === undefined ? undefined : usable ? eq(backups.state, 'verified') : ne(backups.state, 'verified'),
  );
}
