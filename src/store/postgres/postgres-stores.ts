import { sql } from 'drizzle-orm';
import { messageOf } from '../../domain/errors.js';
import { createBestEffort } from '../best-effort.js';
import type { Stores } from '../stores.js';
import { postgresAuditStore } from './audit-store.js';
import { postgresBackupStore } from './backup-store.js';
import { PostgresChangeFeed } from './change-feed.js';
import { openDatabase } from './database.js';
import { postgresDeploymentStore } from './deployment-store.js';
import { postgresDrillStore } from './drill-store.js';
import { postgresEventStore } from './event-store.js';
import { installationOf } from './installation.js';
import { postgresIdempotencyStore } from './idempotency-store.js';
import { postgresKeeperStore } from './keeper-store.js';
import { postgresLeaseStore } from './lease-store.js';
import { postgresMetricsStore } from './metrics-store.js';
import { postgresObservationStore } from './observation-store.js';
import { postgresRepositoryStore } from './repository-store.js';
import { postgresRestoreStore } from './restore-store.js';
import { postgresServiceStore } from './service-store.js';
import { postgresSourceStore } from './source-store.js';

export interface PostgresStoresOptions {
  /** `postgresql://user:password@host:port/database`; migrate it first. */
  readonly url: string;
  readonly logger?: { warn(fields: object, message: string): void };
  /** @default 5_000 */
  readonly statementTimeoutMs?: number;
  /** To connect, or for a free connection of the pool. @default 2_000 */
  readonly connectTimeoutMs?: number;
  /** At most so many connections, and one more for who listens to what others write. @default 10 */
  readonly connections?: number;
}

/** Connects when first used, so that a process starts while the database is away. */
export function createPostgresStores(options: PostgresStoresOptions): Stores {
  const { url, logger, statementTimeoutMs = 5_000, connectTimeoutMs = 2_000, connections = 10 } = options;
  const warn = (error: unknown) => logger?.warn({ detail: messageOf(error) }, 'database');
  const database = openDatabase({ url, statementTimeoutMs, connectTimeoutMs, connections, onConnectionLost: warn });
  const changes = new PostgresChangeFeed({ url, connectTimeoutMs, onConnectionLost: warn });
  const bestEffort = createBestEffort({ now: () => performance.now(), onFailure: warn });
  return {
    services: postgresServiceStore(database),
    deployments: postgresDeploymentStore(database),
    idempotency: postgresIdempotencyStore(database),
    events: postgresEventStore(database, bestEffort),
    changes,
    observations: postgresObservationStore(database, bestEffort),
    metrics: postgresMetricsStore(database),
    audit: postgresAuditStore(database),
    backups: postgresBackupStore(database),
    restores: postgresRestoreStore(database),
    drills: postgresDrillStore(database),
    leases: postgresLeaseStore(database),
    repositories: postgresRepositoryStore(database),
    sources: postgresSourceStore(database),
    keeper: postgresKeeperStore(database),
    installation: () => installationOf(database),
    ping: async () => {
      await database.run((queries) => queries.execute(sql`SELECT 1`));
    },
    close: async () => {
      await Promise.all([changes.close(), database.close()]);
    },
  };
}
