import { type Persistence, together } from '../domain/router/persistence.js';
import type { InstancePersistence, Router } from '../routers/router.js';

/**
 * Whether a router would start again with what it holds of a backend, after this process wrote to it or read it. Instances that were given up do not
 * count.
 */
export function diskOf(router: Router, backend: string, except: readonly string[] = []): Persistence {
  return persistenceOf(router.persistence(backend).filter(({ instance }) => !except.includes(instance)));
}

/** For an observation of one instance: said only where something is wrong. */
export function diskFault(router: Router, backend: string, instance: string): { readonly disk?: string } {
  const known = router.persistence(backend).find((one) => one.instance === instance)?.persistence;
  return known?.persisted === 'no' ? { disk: known.detail } : {};
}

/** Of several router instances together; the detail names them. */
export function persistenceOf(instances: readonly InstancePersistence[]): Persistence {
  return together(instances.map(({ instance, persistence }) =>
    (persistence.persisted === 'yes' ? persistence : { ...persistence, detail: `router instance ${instance}: ${persistence.detail}` })));
}
