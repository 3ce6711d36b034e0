import { cursorOf, pageOf } from '../cursor.js';
import type { Page, PageRequest } from '../stores.js';
import { assertAvailable, type MemoryTables } from './tables.js';

/** All records of a table, newest first. */
export function recordsOf<Record extends { readonly id: string }>(tables: MemoryTables, rows: ReadonlyMap<string, { readonly record: Record }>): Record[] {
  assertAvailable(tables);
  return [...rows.values()].map(({ record }) => record).sort((a, b) => (a.id < b.id ? 1 : -1));
}

/** The page of records that are sorted by id, newest first. */
export function pageOfRecords<Record extends { readonly id: string }>(records: readonly Record[], page: PageRequest): Page<Record> {
  const from = cursorOf<[string]>(page, [''])?.[0];
  const rest = records.filter(({ id }) => from === undefined || id < from);
  return pageOf(rest.slice(0, page.limit + 1), page.limit, ({ id }) => [id]);
}

/** Those not ended and older than the age, of records that come newest first; oldest first. */
export function olderThan<Record extends { readonly requestedAt: string; readonly endedAt: string | null }>(
  tables: MemoryTables, records: readonly Record[], ageMs: number,
): readonly Record[] {
  const before = new Date(tables.now() - ageMs).toISOString();
  return records.filter(({ requestedAt, endedAt }) => endedAt === null && requestedAt < before).reverse();
}
