import type { Response } from 'express';
import { followDeploymentEvents } from '../../app/deployment/deployment-events.js';
import type { SequencedEvent } from '../../store/stores.js';
import type { ApiDeps } from '../api-deps.js';
import type { Answer } from '../operation.js';

/** Proxies cut what is silent for longer than their own limit, seldom below half a minute. */
const HEARTBEAT_MS = 15_000;

/** A reader that takes nothing for so long is dropped; it comes back with `Last-Event-ID` and has missed nothing. */
const TAKES_WITHIN_MS = 30_000;

export interface Following { readonly id: string; readonly after: number; readonly resumed: boolean }

/**
 * Server-sent events until the deployment has ended, the reader has gone, or the process closes. What a slow reader has not taken yet stays where
 * all read it: of each no more is kept than one buffer of its connection.
 *
 * @throws DEPLOYMENT_NOT_FOUND, DATABASE_UNAVAILABLE, TOO_MANY_READERS
 */
export async function streamEvents({ app, closing }: ApiDeps, following: Following, gone: AbortSignal, response: Response): Promise<Answer> {
  const { id, after, resumed } = following;
  const over = AbortSignal.any([gone, closing]);
  const place = app.followers.take('stream', id, over);
  try {
    const goesOn = await place.follower.events.goesOn(after, over);
    // A reader would come back for ever to a stream that only ends: this answer stops it.
    if (resumed && goesOn === false) return { status: 204 };
    open(response);
    await sendEvents(response, followDeploymentEvents(app, place, after, over), over);
    return null;
  } finally {
    place.leave();
  }
}

async function sendEvents(response: Response, events: AsyncIterable<SequencedEvent>, over: AbortSignal): Promise<void> {
  const heartbeat = setInterval(() => response.writableNeedDrain || response.write(': still here\n\n'), HEARTBEAT_MS);
  try {
    for await (const event of events) {
      if (!response.write(frameOf(event)) && !(await hasTaken(response, over))) break;
    }
  } finally {
    clearInterval(heartbeat);
    if (response.writableNeedDrain) response.destroy();
    else response.end();
  }
}

/** Whether the reader took what was sent, and in time. */
function hasTaken(response: Response, over: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const taken = (): void => settle(true);
    const not = (): void => settle(false);
    const late = setTimeout(not, TAKES_WITHIN_MS);
    const settle = (has: boolean): void => {
      clearTimeout(late);
      response.off('drain', taken);
      over.removeEventListener('abort', not);
      resolve(has);
    };
    response.once('drain', taken);
    over.addEventListener('abort', not, { once: true });
    if (over.aborted) not();
  });
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
