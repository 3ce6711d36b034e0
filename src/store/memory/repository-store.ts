import type { RepositoryAt, RepositoryStore } from '../backup-stores.js';
import { later } from '../moment.js';
import { assertAvailable, type MemoryTables, type RepositoryRow } from './tables.js';

export function memoryRepositoryStore(tables: MemoryTables): RepositoryStore {
  const find = (repository: RepositoryAt): RepositoryRow | undefined => {
    assertAvailable(tables);
    return tables.repositories.get(keyOf(repository));
  };
  const keep = (repository: RepositoryAt, next: (row: RepositoryRow) => Partial<RepositoryRow>): void => {
    const row = { made: false, prunedAt: null, triedAt: null, ...find(repository), ...repository };
    tables.repositories.set(keyOf(repository), { ...row, ...next(row) });
  };
  return {
    isMade: async (repository) => find(repository)?.made === true,
    made: async (repository) => keep(repository, () => ({ made: true })),
    prunes: async (repository) => {
      const { prunedAt = null, triedAt = null } = find(repository) ?? {};
      return { prunedAt, triedAt };
    },
    triedToPrune: async (repository, at) => keep(repository, ({ triedAt }) => ({ triedAt: later(triedAt, at) })),
    pruned: async (repository, at) => keep(repository, ({ prunedAt }) => ({ prunedAt: later(prunedAt, at) })),
  };
}

function keyOf({ site, place }: RepositoryAt): string {
  return JSON.stringify([site, place]);
}
