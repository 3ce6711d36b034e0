import { IN_FLIGHT_MS } from '../idempotency-flight.js';
import { keyReused, overtaken } from '../refusals.js';
import { storable } from '../storable.js';
import type { IdempotencyClaim, IdempotencyStore } from '../stores.js';
import { assertAvailable, type IdempotencyRow, type MemoryTables } from './tables.js';

export function memoryIdempotencyStore(tables: MemoryTables): IdempotencyStore {
  return {
    begin: async (claim) => {
      assertAvailable(tables);
      const row = tables.idempotency.get(rowKey(claim));
      if (row && row.claim.bodyHash !== claim.bodyHash) throw keyReused();
      if (row?.answer) return { state: 'known', resource: row.resource, answer: row.answer };
      if (row && row.begunAt !== null && tables.now() - row.begunAt < IN_FLIGHT_MS) return { state: 'in-flight', resource: row.resource };
      tables.idempotency.set(rowKey(claim), { ...(row ?? fresh(claim)), begunAt: tables.now() });
      return row?.resource ? { state: 'known', resource: row.resource, answer: null } : { state: 'new' };
    },
    answer: async (claim, answer) => {
      assertAvailable(tables);
      const row = rowOf(tables, claim);
      if (row && !row.answer) tables.idempotency.set(rowKey(claim), { ...row, answer: storable(answer) });
    },
    release: async (claim) => {
      assertAvailable(tables);
      const row = rowOf(tables, claim);
      if (!row || row.answer) return;
      if (row.resource === null) tables.idempotency.delete(rowKey(claim));
      else tables.idempotency.set(rowKey(claim), { ...row, begunAt: null });
    },
  };
}

/** @throws IDEMPOTENCY_IN_FLIGHT when it stands for something else or another body already. */
export function bindResource(tables: MemoryTables, claim: IdempotencyClaim, resource: string): void {
  const row = tables.idempotency.get(rowKey(claim)) ?? { ...fresh(claim), begunAt: tables.now() };
  if (row.claim.bodyHash !== claim.bodyHash || (row.resource !== null && row.resource !== resource)) throw overtaken();
  tables.idempotency.set(rowKey(claim), { ...row, resource });
}

export function unbindResource(tables: MemoryTables, resource: string): void {
  for (const [key, row] of tables.idempotency) {
    if (row.resource === resource) tables.idempotency.set(key, { ...row, resource: null });
  }
}

function fresh(claim: IdempotencyClaim): IdempotencyRow {
  return { claim, begunAt: null, resource: null, answer: null };
}

function rowOf(tables: MemoryTables, claim: IdempotencyClaim): IdempotencyRow | undefined {
  const row = tables.idempotency.get(rowKey(claim));
  return row?.claim.bodyHash === claim.bodyHash ? row : undefined;
}

function rowKey(claim: IdempotencyClaim): string {
  return JSON.stringify([claim.actor, claim.route, claim.key]);
}
