import type { Client } from '@temporalio/client';
import type { RouterEntry } from '../domain/router/entry.js';
import { shiftedSignal } from '../workflows/deployment/messages.js';

const LIMIT_MS = 3_000;

/** Tells a run that all router instances confirmed an entry. @throws when the server does not answer: the watch tries again. */
export type ReportShift = (run: { readonly workflowId: string; readonly runId: string }, entry: RouterEntry) => Promise<void>;

export function createReportShift(client: Client): ReportShift {
  return async ({ workflowId, runId }, entry) => {
    const handle = client.workflow.getHandle(workflowId, runId);
    await client.withDeadline(Date.now() + LIMIT_MS, () => handle.signal(shiftedSignal, { entry }));
  };
}
