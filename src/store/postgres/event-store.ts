import { and, asc, eq, gt, sql } from 'drizzle-orm';
import type { DeploymentEvent } from '../../domain/event/event.js';
import type { BestEffort } from '../best-effort.js';
import type { EventStore } from '../stores.js';
import { notifyOf } from './change-feed.js';
import type { Database, Queries } from './database.js';
import { deploymentEvents } from './schema.js';

export function postgresEventStore(database: Database, bestEffort: BestEffort): EventStore {
  return {
    append: async (events) => {
      if (events.length === 0) return [];
      const written = await bestEffort(() => database.transaction((queries) => insertEvents(queries, events)));
      return written ? [] : events;
    },
    after: (deployment, sequence, limit) => database.run((queries) => queries.select().from(deploymentEvents)
      .where(and(eq(deploymentEvents.deployment, deployment), gt(deploymentEvents.sequence, sequence)))
      .orderBy(asc(deploymentEvents.sequence)).limit(limit)),
  };
}

/**
 * Within a transaction; an event whose key is there changes nothing.
 *
 * Sequences are assigned under a lock of the deployment, held until commit. Without it a transaction could commit a lower sequence after a
 * reader has seen a higher one, and whoever reads on from there would miss it for ever.
 */
export async function insertEvents(queries: Queries, events: readonly DeploymentEvent[]): Promise<void> {
  const names = JSON.stringify([...new Set(events.map((event) => event.deployment))]);
  // In the order of the locks, so that two appends never wait for each other.
  await queries.execute(sql`
    SELECT pg_advisory_xact_lock(lock), ${notifyOf(sql`name`)} FROM (
      SELECT name, hashtextextended('slipway.events/' || name, 0) AS lock FROM json_array_elements_text(${names}::json) AS name ORDER BY lock
    ) AS locks`);
  await queries.insert(deploymentEvents)
    .values(events.map(({ deployment, key, kind, at, text, data }) => ({ deployment, key, kind, at, text, data })))
    .onConflictDoNothing();
}
