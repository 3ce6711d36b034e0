import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import { messageOf } from '../domain/errors.js';
import type { Logger } from '../domain/logger.js';

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5_000;

export interface TemporalConnections {
  readonly native: NativeConnection;
  /** For what a worker's own connection cannot do: awaited heartbeats, signals. */
  readonly client: Connection;
  readonly namespace: string;
}

/** Connects as the Temporal CLI would, by its files and variables, and waits for the server as long as it takes. */
export async function connectToTemporal(logger: Logger, signal: AbortSignal): Promise<TemporalConnections> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  for (let waitMs = FIRST_RETRY_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_RETRY_MS)) {
    signal.throwIfAborted();
    try {
      const native = await NativeConnection.connect(connectionOptions);
      return { native, client: Connection.lazy(connectionOptions), namespace };
    } catch (error) {
      logger.warn({ reason: messageOf(error) }, `the Temporal server does not answer yet; next try in ${waitMs} ms`);
      await sleep(waitMs, undefined, { signal });
    }
  }
}
