import { type Persistence, together } from '../domain/router/persistence.js';
import type { InstancePersistence } from '../routers/router.js';

/** Of several router instances together; the detail names them. */
export function persistenceOf(instances: readonly InstancePersistence[]): Persistence {
  return together(instances.map(({ instance, persistence }) =>
    (persistence.persisted === 'yes' ? persistence : { ...persistence, detail: `router instance ${instance}: ${persistence.detail}` })));
}
