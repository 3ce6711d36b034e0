import { sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import pg from 'pg';
import type { ChangeFeed } from '../stores.js';

const CHANNEL = 'slipway_deployments';
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

/** Part of a statement that writes something of a deployment. Whoever listens is told when its transaction commits, once however often it is said. */
export function notifyOf(deployment: SQLWrapper | string): SQL {
  return sql`pg_notify(${CHANNEL}, ${deployment})`;
}

export interface ChangeFeedOptions {
  readonly url: string;
  readonly connectTimeoutMs: number;
  readonly onConnectionLost: (error: unknown) => void;
}

/**
 * What other processes wrote, by LISTEN on a connection of its own: opened for the first who subscribes, kept until `close`, opened anew when it
 * is lost while somebody listens. After each opening everybody is told that something may have been missed.
 */
export class PostgresChangeFeed implements ChangeFeed {
  private readonly listeners = new Set<(deployment?: string) => void>();
  private client: pg.Client | undefined;
  private retry: NodeJS.Timeout | undefined;
  private retryMs = FIRST_RETRY_MS;
  private closed = false;

  constructor(private readonly options: ChangeFeedOptions) {}

  subscribe(changed: (deployment?: string) => void): () => void {
    this.listeners.add(changed);
    if (!this.client && !this.retry) void this.open();
    return () => void this.listeners.delete(changed);
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.retry);
    await this.client?.end().catch(() => undefined);
  }

  private async open(): Promise<void> {
    const { url, connectTimeoutMs } = this.options;
    this.retry = undefined;
    const client = new pg.Client({
      connectionString: url, connectionTimeoutMillis: connectTimeoutMs, query_timeout: connectTimeoutMs, keepAlive: true,
      application_name: 'slipway-changes',
    });
    this.client = client;
    client.on('error', (error) => this.lost(client, error));
    client.on('end', () => this.lost(client, new Error('the connection of the change feed ended')));
    client.on('notification', ({ payload }) => this.tell(payload));
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      this.retryMs = FIRST_RETRY_MS;
      this.tell();
    } catch (error) {
      this.lost(client, error);
    }
  }

  private lost(client: pg.Client, error: unknown): void {
    if (this.client !== client) return;
    this.client = undefined;
    if (this.closed) return;
    this.options.onConnectionLost(error);
    client.end().catch(() => undefined);
    if (this.listeners.size === 0) return;
    this.retry = setTimeout(() => void this.open(), this.retryMs).unref();
    this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
  }

  private tell(deployment?: string): void {
    for (const listener of this.listeners) listener(deployment);
  }
}
