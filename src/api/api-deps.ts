import type { AppDeps } from '../app/deps.js';
import type { Logger } from '../domain/logger.js';
import type { ApiMetrics } from './system/api-metrics.js';

/** What the HTTP side needs beside the use cases. */
export interface ApiDeps {
  readonly app: AppDeps;
  /** Has every role. Only its hash is kept. */
  readonly adminKey: string;
  readonly log: Logger;
  readonly metrics: ApiMetrics;
  /** The Web UI's page of a workflow; null when no UI is known. */
  readonly temporalLink: (workflowId: string) => string | null;
  /** JSON Schemas by file name, as served under `/schemas/`. */
  readonly schemas: Readonly<Record<string, object>>;
  /** Fires when the process stops: streams and waiting requests end. */
  readonly closing: AbortSignal;
}
