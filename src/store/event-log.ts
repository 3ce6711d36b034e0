import type { DeploymentEvent } from '../domain/event/event.js';

/** Where activities write what they did. */
export interface EventLog {
  /**
   * Insert-if-absent, bounded in time, never throws: a rollback must not depend on the database.
   *
   * @returns the events that could not be written, to be given to the next append.
   */
  append(events: readonly DeploymentEvent[]): Promise<readonly DeploymentEvent[]>;
}
