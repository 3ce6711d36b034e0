import { pathOf } from '../../domain/backup/names.js';
import type { SourceStore } from '../backup-stores.js';
import { assertAvailable, nowText, type MemoryTables } from './tables.js';

export function memorySourceStore(tables: MemoryTables): SourceStore {
  return {
    declare: async ({ sources, undecided }) => {
      assertAvailable(tables);
      const before = new Map(tables.sources);
      tables.sources.clear();
      for (const [path, old] of before) {
        if (undecided.some(({ service, environment }) => service === old.service && environment === old.environment)) tables.sources.set(path, old);
      }
      for (const source of sources) tables.sources.set(pathOf(source), { ...source, at: before.get(pathOf(source))?.at ?? nowText(tables) });
    },
    declaredAt: async (address) => {
      assertAvailable(tables);
      return tables.sources.get(pathOf(address))?.at;
    },
  };
}
