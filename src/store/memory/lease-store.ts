import type { LeaseRequest, LeaseStore } from '../lease-store.js';
import { assertAvailable, type LeaseRow, type MemoryTables } from './tables.js';

export function memoryLeaseStore(tables: MemoryTables): LeaseStore {
  let lastToken = 0;
  const dropExpired = (): void => {
    for (const [token, { until }] of tables.leases) if (until <= tables.now()) tables.leases.delete(token);
  };
  const put = (lease: Pick<LeaseRow, 'name' | 'mode' | 'holder'>, forMs: number): number => {
    lastToken += 1;
    tables.leases.set(lastToken, { ...lease, token: lastToken, until: tables.now() + forMs });
    return lastToken;
  };
  const dropWaiting = ({ name, holder }: LeaseRequest): void => {
    for (const [token, lease] of tables.leases) if (lease.mode === 'waiting' && lease.name === name && lease.holder === holder) tables.leases.delete(token);
  };
  return {
    acquire: async (request) => {
      assertAvailable(tables);
      dropExpired();
      const { name, mode, holder, ttlMs, waitsMs = 0, ahead = false } = request;
      const stops = mode === 'alone' ? (other: LeaseRow) => other.mode !== 'waiting' : (other: LeaseRow) => other.mode === 'alone' || (other.mode === 'waiting' && !ahead);
      const last = [...tables.leases.values()].filter((other) => other.name === name && stops(other)).sort((a, b) => b.until - a.until)[0];
      if (mode === 'alone') dropWaiting(request);
      if (last && mode === 'alone' && waitsMs > 0) put({ name, mode: 'waiting', holder }, waitsMs);
      if (last) return { heldBy: last.holder, until: new Date(last.until).toISOString() };
      return { token: put({ name, mode, holder }, ttlMs) };
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
