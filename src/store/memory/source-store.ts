import type { SourceStore } from '../backup-stores.js';
import { isOf } from '../backup-row.js';
import { assertAvailable, type MemoryTables } from './tables.js';

export function memorySourceStore(tables: MemoryTables): SourceStore {
  return {
    declaredAt: async (address) => {
      assertAvailable(tables);
      return tables.sources.find((row) => isOf(row, address))?.at;
    },
  };
}
