import type { Stores } from '../stores.js';
import { memoryAuditStore } from './audit-store.js';
import { memoryBackupStore } from './backup-store.js';
import { memoryDeploymentStore } from './deployment-store.js';
import { memoryDrillStore } from './drill-store.js';
import { memoryEventStore } from './event-store.js';
import { memoryIdempotencyStore } from './idempotency-store.js';
import { memoryKeeperStore } from './keeper-store.js';
import { memoryLeaseStore } from './lease-store.js';
import { memoryMetricsStore } from './metrics-store.js';
import { memoryObservationStore } from './observation-store.js';
import { memoryRepositoryStore } from './repository-store.js';
import { memoryRestoreStore } from './restore-store.js';
import { memoryServiceStore } from './service-store.js';
import { memorySourceStore } from './source-store.js';
import { assertAvailable, emptyTables } from './tables.js';

export interface MemoryStoresOptions {
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
  /** False stands for a database that does not answer. @default always true */
  readonly available?: () => boolean;
}

/** Stores that keep everything in this process: for tests and for trying things out. The same contract tests hold for them as for PostgreSQL. */
export function createMemoryStores(options: MemoryStoresOptions = {}): Stores {
  const tables = emptyTables(options.now ?? Date.now, options.available ?? (() => true));
  return {
    services: memoryServiceStore(tables),
    deployments: memoryDeploymentStore(tables),
    idempotency: memoryIdempotencyStore(tables),
    events: memoryEventStore(tables),
    changes: {
      subscribe: (changed) => {
        tables.listeners.add(changed);
        return () => void tables.listeners.delete(changed);
      },
    },
    observations: memoryObservationStore(tables),
    metrics: memoryMetricsStore(tables),
    audit: memoryAuditStore(tables),
    backups: memoryBackupStore(tables),
    restores: memoryRestoreStore(tables),
    drills: memoryDrillStore(tables),
    leases: memoryLeaseStore(tables),
    repositories: memoryRepositoryStore(tables),
    sources: memorySourceStore(tables),
    keeper: memoryKeeperStore(tables),
    installation: async () => {
      assertAvailable(tables);
      return tables.installation;
    },
    ping: async () => assertAvailable(tables),
    close: async () => {},
  };
}
