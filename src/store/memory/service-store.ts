import { canonicalJson, type JsonObject } from '../../domain/json.js';
import { isOf } from '../backup-row.js';
import { cursorOf, pageOf } from '../cursor.js';
import { refuseTaken, revisionMoved } from '../refusals.js';
import { storable } from '../storable.js';
import type { Claims, ServiceRecord, ServiceStore } from '../stores.js';
import { assertAvailable, environmentKey, nowText, removeWhere, type MemoryTables } from './tables.js';

interface Environment { readonly service: string; readonly environment: string }

export function memoryServiceStore(tables: MemoryTables): ServiceStore {
  return {
    get: async (service) => {
      assertAvailable(tables);
      return tables.services.get(service);
    },
    list: async (page) => {
      assertAvailable(tables);
      const from = cursorOf<[string, string]>(page, ['', '']);
      const all = [...tables.services.values()].sort((a, b) => byNewest([a.updatedAt, a.service], [b.updatedAt, b.service]));
      const rest = from ? all.filter((row) => byNewest(from, [row.updatedAt, row.service]) < 0) : all;
      return pageOf(rest.slice(0, page.limit + 1), page.limit, (row) => [row.updatedAt, row.service]);
    },
    revisions: async (service, page) => {
      assertAvailable(tables);
      const from = cursorOf<[number]>(page, [0])?.[0] ?? Number.POSITIVE_INFINITY;
      const rows = tables.revisions.filter((row) => row.service === service && row.revision < from).reverse();
      return pageOf(rows.slice(0, page.limit + 1), page.limit, (row) => [row.revision]);
    },
    put: async (put) => {
      assertAvailable(tables);
      const current = tables.services.get(put.service);
      assertRevision(put.service, current, put.expected);
      checkClaims(tables, put.service, put);
      claim(tables, put.service, put);
      if (current && canonicalJson(current.definition) === canonicalJson(storable(put.definition))) return current;
      return addRevision(tables, put.service, put.definition, put.by);
    },
    check: async (service, claims) => {
      assertAvailable(tables);
      checkClaims(tables, service, claims);
    },
    forget: async (forgotten) => {
      assertAvailable(tables);
      const { service, environment, definition, by, expected } = forgotten;
      assertRevision(service, tables.services.get(service), expected);
      for (const claims of [tables.entries, tables.sources]) removeWhere<{ readonly service: string; readonly environment: string }>(claims, (each) => each.service === service && each.environment === environment);
      tables.stable.delete(environmentKey(service, environment));
      tables.keeper.registered.delete(environmentKey(service, environment));
      forgetIn(tables.observations, forgotten);
      forgetIn(tables.keeper.drifts, forgotten);
      if (definition === null) tables.services.delete(service);
      else addRevision(tables, service, definition, by);
    },
  };
}

function forgetIn(rows: Map<string, Environment>, { service, environment }: Environment): void {
  for (const [key, row] of rows) if (row.service === service && row.environment === environment) rows.delete(key);
}

function assertRevision(service: string, current: ServiceRecord | undefined, expected: number | undefined): void {
  const revision = current?.revision ?? 0;
  if (expected !== undefined && expected !== revision) throw revisionMoved(service, revision, expected);
}

function checkClaims(tables: MemoryTables, service: string, claims: Claims): void {
  const others = <T extends { readonly service: string }>(rows: readonly T[]): T[] => rows.filter((row) => row.service !== service);
  refuseTaken(service, claims, { entries: others(tables.entries), sources: others(tables.sources) });
}

function claim(tables: MemoryTables, service: string, { entries, sources }: Claims): void {
  const before = tables.sources.filter((row) => row.service === service);
  for (const rows of [tables.entries, tables.sources]) removeWhere<{ readonly service: string }>(rows, (row) => row.service === service);
  tables.entries.push(...entries.map((each) => ({ ...each, service })));
  tables.sources.push(...sources.map((each) => ({ ...each, service, at: before.find((row) => isOf(row, { ...each, service }))?.at ?? nowText(tables) })));
}

function addRevision(tables: MemoryTables, service: string, definition: JsonObject, by: string): ServiceRecord {
  const revision = tables.revisions.filter((row) => row.service === service).length + 1;
  const record = { service, revision, definition: storable(definition), updatedBy: by, updatedAt: nowText(tables) };
  tables.services.set(service, record);
  tables.revisions.push(record);
  return record;
}

function byNewest(a: readonly [string, string], b: readonly [string, string]): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? 1 : -1;
  return a[1] === b[1] ? 0 : a[1] < b[1] ? 1 : -1;
}
