import { storable } from '../storable.js';
import type { ObservationStore } from '../stores.js';
import { assertAvailable, environmentKey, type MemoryTables } from './tables.js';

export function memoryObservationStore(tables: MemoryTables): ObservationStore {
  return {
    observe: async (records) => {
      if (!tables.available()) return;
      for (const record of records) {
        const key = `${environmentKey(record.service, record.environment)}/${record.routerInstance}`;
        const known = tables.observations.get(key);
        if (!known || Date.parse(known.at) <= Date.parse(record.at)) tables.observations.set(key, storable(record));
      }
    },
    of: async (service, environment) => {
      assertAvailable(tables);
      return [...tables.observations.values()]
        .filter((record) => record.service === service && record.environment === environment)
        .sort((a, b) => (a.routerInstance < b.routerInstance ? -1 : 1));
    },
  };
}
