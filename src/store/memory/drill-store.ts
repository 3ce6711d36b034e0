import type { DrillRecord } from '../../domain/backup/record.js';
import { isOf } from '../backup-row.js';
import type { DrillStore } from '../backup-stores.js';
import { noDrill } from '../refusals.js';
import { drillEnded, drillLost, drillOpened, drillSkipped, isSkippedDrill } from '../restore-row.js';
import { storable } from '../storable.js';
import { bindResource, unbindResource } from './idempotency-store.js';
import { refuseForgotten } from './pins.js';
import { olderThan, pageOfRecords, recordsOf } from './record-lists.js';
import { assertAvailable, nowText, type MemoryTables } from './tables.js';

export function memoryDrillStore(tables: MemoryTables): DrillStore {
  const records = () => recordsOf(tables, tables.drills);
  const change = (id: string, next: (record: DrillRecord) => DrillRecord | undefined): boolean => {
    assertAvailable(tables);
    const row = tables.drills.get(id);
    if (!row) throw noDrill(id);
    const record = next(row.record);
    if (record) tables.drills.set(id, { ...row, record: storable(record) });
    return record !== undefined;
  };
  return {
    request: async ({ key = null, ...drill }, idempotency) => {
      assertAvailable(tables);
      const known = [...tables.drills.values()].find((row) => key !== null && row.key === key);
      const id = known?.record.id ?? drill.id;
      if (idempotency) bindResource(tables, idempotency, id);
      if (tables.drills.has(id)) return id;
      const record = { ...drill, backup: null, plan: null, proven: null, text: '', tookMs: null, requestedAt: nowText(tables), endedAt: null };
      tables.drills.set(id, { record: storable(record), key });
      return id;
    },
    open: async (id, plan) => {
      refuseForgotten(tables, plan.backup.id);
      change(id, (record) => drillOpened(record, plan));
    },
    get: async (id) => {
      assertAvailable(tables);
      return tables.drills.get(id)?.record;
    },
    list: async (filter, page) => pageOfRecords(records().filter((record) => isOf(record, filter)), page),
    record: async (id, end) => void change(id, (record) => drillEnded(record, end)),
    skippedStarts: async (address) => records().filter((record) => isOf(record, address) && isSkippedDrill(record)).length,
    skip: async (id, text) => void change(id, (record) => drillSkipped(record, text, nowText(tables))),
    lose: async (id, text) => change(id, (record) => drillLost(record, text, nowText(tables))),
    withdraw: async (id) => {
      assertAvailable(tables);
      const record = tables.drills.get(id)?.record;
      if (!record || record.plan !== null || record.endedAt !== null) return;
      tables.drills.delete(id);
      unbindResource(tables, id);
    },
    unfinished: async (olderThanMs) => olderThan(tables, records(), olderThanMs),
  };
}
