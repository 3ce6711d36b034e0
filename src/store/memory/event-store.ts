import type { DeploymentEvent } from '../../domain/event/event.js';
import { storable } from '../storable.js';
import type { EventStore } from '../stores.js';
import { assertAvailable, type MemoryTables, tellChanged } from './tables.js';

export function memoryEventStore(tables: MemoryTables): EventStore {
  return {
    append: async (events) => {
      if (!tables.available()) return events;
      insertEvents(tables, events);
      return [];
    },
    after: async (deployment, sequence, limit) => {
      assertAvailable(tables);
      return tables.events.filter((event) => event.deployment === deployment && event.sequence > sequence).slice(0, limit);
    },
  };
}

/** Those whose key is there already change nothing. */
export function insertEvents(tables: MemoryTables, events: readonly DeploymentEvent[]): void {
  for (const event of events) {
    const known = tables.events.some((other) => other.deployment === event.deployment && other.key === event.key);
    if (!known) tables.events.push({ ...storable(event), sequence: tables.events.length + 1 });
  }
  for (const deployment of new Set(events.map((event) => event.deployment))) tellChanged(tables, deployment);
}
