import type { SequencedEvent } from '../../store/stores.js';
import type { AppDeps } from '../deps.js';
import type { Place } from './deployment-followers.js';
import { recordOf } from './record-of.js';

/** One page of events after `sequence` (0: from the beginning). @throws DEPLOYMENT_NOT_FOUND, DATABASE_UNAVAILABLE */
export const deploymentEvents = (deps: AppDeps) => async (id: string, sequence: number, limit: number): Promise<readonly SequencedEvent[]> => {
  const [, events] = await Promise.all([recordOf(deps.stores, id), deps.stores.events.after(id, sequence, limit)]);
  return events;
};

/**
 * Events as they arrive, until the deployment has ended and all were given, or the signal fires. `goesOn` of the follower's events comes first.
 */
export async function* followDeploymentEvents(
  { followers }: Pick<AppDeps, 'followers'>, { follower }: Place, from: number, signal: AbortSignal,
): AsyncGenerator<SequencedEvent> {
  let sequence = from;
  for (;;) {
    const events = await follower.events.after(sequence, signal);
    if (events.length === 0) return;
    await followers.turns.take();
    for (const event of events) {
      yield event;
      sequence = event.sequence;
    }
  }
}
