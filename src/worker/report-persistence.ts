import type { Client } from '@temporalio/client';
import type { Persistence } from '../domain/router/persistence.js';
import { persistenceSignal } from '../workflows/deployment/messages.js';

const LIMIT_MS = 3_000;

/** Tells a run whether what its router holds is on its disk. @throws when the server does not answer: the watch tries again. */
export type ReportPersistence = (run: { readonly workflowId: string; readonly runId: string }, persistence: Persistence) => Promise<void>;

export function createReportPersistence(client: Client): ReportPersistence {
  return async ({ workflowId, runId }, persistence) => {
    const handle = client.workflow.getHandle(workflowId, runId);
    await client.withDeadline(Date.now() + LIMIT_MS, () => handle.signal(persistenceSignal, { persistence }));
  };
}
