import { setTimeout as sleep } from 'node:timers/promises';
import { hasEnded } from '../../domain/deployment/status.js';
import type { SequencedEvent } from '../../store/stores.js';
import type { AppDeps } from '../deps.js';
import { recordOf } from './record-of.js';

const LOOK_EVERY_MS = 300;
const BATCH = 200;

/** One page of events after `sequence` (0: from the beginning). @throws DEPLOYMENT_NOT_FOUND, DATABASE_UNAVAILABLE */
export const deploymentEvents = (deps: AppDeps) => async (id: string, sequence: number, limit: number): Promise<readonly SequencedEvent[]> => {
  const [, events] = await Promise.all([recordOf(deps.stores, id), deps.stores.events.after(id, sequence, limit)]);
  return events;
};

/**
 * Events as they arrive, until the deployment has ended and all were given, or the signal fires. Survives an absent database: it goes on
 * where it was.
 */
export async function* followDeploymentEvents(deps: AppDeps, id: string, from: number, signal: AbortSignal): AsyncGenerator<SequencedEvent> {
  let sequence = from;
  while (!signal.aborted) {
    // Read before the events: what was appended before the end is then among them.
    const ended = await attempt(async () => hasEnded((await recordOf(deps.stores, id)).phase));
    const events = (await attempt(() => deps.stores.events.after(id, sequence, BATCH))) ?? [];
    for (const event of events) {
      yield event;
      sequence = event.sequence;
    }
    if (ended === true && events.length === 0) return;
    if (events.length < BATCH) await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function attempt<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch {
    return undefined;
  }
}
