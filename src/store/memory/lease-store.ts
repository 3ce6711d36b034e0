import type { LeaseStore } from '../backup-stores.js';
import { assertAvailable, type MemoryTables } from './tables.js';

export function memoryLeaseStore(tables: MemoryTables): LeaseStore {
  let lastToken = 0;
  const dropExpired = (): void => {
    for (const [token, { until }] of tables.leases) if (until <= tables.now()) tables.leases.delete(token);
  };
  return {
    acquire: async (request) => {
      assertAvailable(tables);
      dropExpired();
      const others = [...tables.leases.values()].filter(({ name, mode }) => name === request.name && (request.mode === 'alone' || mode === 'alone'));
      const last = others.sort((a, b) => b.until - a.until)[0];
      if (last) return { heldBy: last.holder, until: new Date(last.until).toISOString() };
      lastToken += 1;
      tables.leases.set(lastToken, { ...request, token: lastToken, until: tables.now() + request.ttlMs });
      return { token: lastToken };
    },
    renew: async (token, ttlMs) => {
      assertAvailable(tables);
      dropExpired();
      const lease = tables.leases.get(token);
      if (lease) tables.leases.set(token, { ...lease, until: tables.now() + ttlMs });
      return lease !== undefined;
    },
    release: async (token) => {
      assertAvailable(tables);
      tables.leases.delete(token);
    },
  };
}
