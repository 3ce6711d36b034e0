import type { DeploymentEvent } from '../domain/event/event.js';

/** What a row's history says when the sweeper ended it; a deployment is lost at most once. */
export function lostEvent(deployment: string, text: string, at: string): DeploymentEvent {
  return { key: 'sweeper.lost', deployment, kind: 'lost', at, text, data: {} };
}
