import { follows, nextLink } from '../audit-chain.js';
import type { AuditEntry, AuditRow, AuditStore } from '../audit-store.js';
import { cursorOf, pageOf } from '../cursor.js';
import { storable } from '../storable.js';
import { assertAvailable, nowText, type MemoryTables } from './tables.js';

export function memoryAuditStore(tables: MemoryTables): AuditStore {
  return {
    append: async (entry) => appendAudit(tables, entry),
    list: async (page) => {
      assertAvailable(tables);
      const from = cursorOf<[number]>(page, [0])?.[0] ?? Number.POSITIVE_INFINITY;
      const rows = tables.audit.filter((row) => row.sequence < from).reverse();
      return pageOf(rows.slice(0, page.limit + 1), page.limit, (row) => [row.sequence]);
    },
    verify: async () => {
      assertAvailable(tables);
      const broken = tables.audit.findIndex((row, index) => !follows(tables.audit[index - 1], row));
      return { rows: tables.audit.length, brokenAt: broken === -1 ? null : broken + 1 };
    },
  };
}

/** Together with what is written down. */
export function appendAudit(tables: MemoryTables, entry: AuditEntry): AuditRow {
  assertAvailable(tables);
  const known = tables.audit.find((row) => entry.key !== undefined && row.key === entry.key);
  if (known) return known;
  const row = nextLink(tables.audit.at(-1), storable(entry), nowText(tables));
  tables.audit.push(row);
  return row;
}
