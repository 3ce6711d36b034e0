import type { Response } from 'express';
import { deploymentEvents, followDeploymentEvents } from '../../app/deployment/deployment-events.js';
import { recordOf } from '../../app/deployment/record-of.js';
import { hasEnded } from '../../domain/deployment/status.js';
import type { SequencedEvent } from '../../store/stores.js';
import type { ApiDeps } from '../api-deps.js';
import type { Answer } from '../operation.js';

/** Proxies cut what is silent for longer than their own limit, seldom below half a minute. */
const HEARTBEAT_MS = 15_000;

/** A reader that is this far behind is dropped; it comes back with `Last-Event-ID` and has missed nothing. */
const MOST_BUFFERED_BYTES = 1_048_576;

export interface Following { readonly id: string; readonly after: number; readonly resumed: boolean }

/** Server-sent events until the deployment has ended, the reader has gone, or the process closes. @throws DEPLOYMENT_NOT_FOUND, DATABASE_UNAVAILABLE */
export async function streamEvents(deps: ApiDeps, following: Following, gone: AbortSignal, response: Response): Promise<Answer> {
  const { app, closing } = deps;
  const { phase } = await recordOf(app.stores, following.id);
  // A reader would come back for ever to a stream that only ends: this answer stops it.
  if (following.resumed && hasEnded(phase) && (await deploymentEvents(app)(following.id, following.after, 1)).length === 0) return { status: 204 };
  open(response);
  const heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MS);
  try {
    for await (const event of followDeploymentEvents(app, following.id, following.after, AbortSignal.any([gone, closing]))) {
      response.write(frameOf(event));
      if (response.writableLength > MOST_BUFFERED_BYTES) break;
    }
  } finally {
    clearInterval(heartbeat);
    response.end();
  }
  return null;
}

function open(response: Response): void {
  response.status(200).set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
  response.flushHeaders();
  response.write('retry: 1000\n\n');
}

/** `sequence` is the id to go on after; JSON holds no line end, so one data line is enough. */
function frameOf(event: SequencedEvent): string {
  return `id: ${event.sequence}\nevent: ${event.kind.replaceAll(/[\r\n]/g, ' ')}\ndata: ${JSON.stringify(event)}\n\n`;
}
