import type { RepositoryStore } from '../backup-stores.js';
import { later } from '../moment.js';
import { assertAvailable, type MemoryTables } from './tables.js';

export function memoryRepositoryStore(tables: MemoryTables): RepositoryStore {
  return {
    isMade: async (name, place) => {
      assertAvailable(tables);
      return tables.places.get(name) === place;
    },
    made: async (name, place) => {
      assertAvailable(tables);
      tables.places.set(name, place);
    },
    prunedAt: async (name) => {
      assertAvailable(tables);
      return tables.pruned.get(name) ?? null;
    },
    pruned: async (name, at) => {
      assertAvailable(tables);
      tables.pruned.set(name, later(tables.pruned.get(name) ?? null, at) ?? at);
    },
  };
}
