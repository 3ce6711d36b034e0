import { isOf } from '../backup-row.js';
import type { RestoreStore } from '../backup-stores.js';
import { noRestore } from '../refusals.js';
import { restoreLost, restoreRecorded } from '../restore-row.js';
import { claimed, neverRan } from '../run-claim.js';
import { storable } from '../storable.js';
import { bindResource, unbindResource } from './idempotency-store.js';
import { refuseForgotten } from './pins.js';
import { olderThan, pageOfRecords, recordsOf } from './record-lists.js';
import { assertAvailable, nowText, type MemoryTables } from './tables.js';

export function memoryRestoreStore(tables: MemoryTables): RestoreStore {
  const records = () => recordsOf(tables, tables.restores);
  return {
    request: async ({ reason = null, ...restore }, idempotency) => {
      assertAvailable(tables);
      if (idempotency) bindResource(tables, idempotency, restore.id);
      if (tables.restores.has(restore.id)) return;
      const record = { ...restore, reason, status: null, requestedAt: nowText(tables), endedAt: null };
      tables.restores.set(restore.id, { record: storable(record), runId: null });
    },
    claim: async (id, runId) => {
      assertAvailable(tables);
      const row = tables.restores.get(id);
      const next = row && claimed(row, runId);
      if (next) refuseForgotten(tables, next.record.backup);
      if (next) tables.restores.set(id, next);
      return next !== undefined;
    },
    get: async (id) => {
      assertAvailable(tables);
      return tables.restores.get(id)?.record;
    },
    list: async (filter, page) => pageOfRecords(records().filter((record) => isOf(record, filter)), page),
    withdraw: async (id) => {
      assertAvailable(tables);
      const row = tables.restores.get(id);
      if (!row || !neverRan(row)) return;
      tables.restores.delete(id);
      unbindResource(tables, id);
    },
    record: async (status) => {
      assertAvailable(tables);
      const row = tables.restores.get(status.restore);
      if (!row) throw noRestore(status.restore);
      const next = restoreRecorded(row, status, nowText(tables));
      if (next) tables.restores.set(status.restore, { ...next, record: storable(next.record) });
    },
    unfinished: async (olderThanMs) => olderThan(tables, records(), olderThanMs),
    lose: async (id, text) => {
      assertAvailable(tables);
      const row = tables.restores.get(id);
      const next = row && restoreLost(row, text, nowText(tables));
      if (!next) return false;
      tables.restores.set(id, { ...next, record: storable(next.record) });
      if (next.runId === null) unbindResource(tables, id);
      return true;
    },
  };
}
