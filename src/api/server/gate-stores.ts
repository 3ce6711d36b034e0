import { SlipwayError } from '../../domain/errors.js';
import type { Stores } from '../../store/stores.js';

/**
 * The same stores, which are away for as long as the database does not have this release's schema.
 *
 * @param problem why it does not; null from when on it does
 */
export function gateStores(stores: Stores, problem: () => string | null): Stores {
  const refuse = (): Promise<never> => Promise.reject(new SlipwayError('DATABASE_UNAVAILABLE', problem() ?? undefined));
  const gated = <Repository extends object>(repository: Repository): Repository =>
    new Proxy(repository, {
      get(target, name, receiver) {
        const member: unknown = Reflect.get(target, name, receiver);
        return typeof member !== 'function' || problem() === null ? member : refuse;
      },
    });
  return {
    services: gated(stores.services), deployments: gated(stores.deployments), idempotency: gated(stores.idempotency), events: gated(stores.events), changes: stores.changes,
    observations: gated(stores.observations), metrics: gated(stores.metrics), audit: gated(stores.audit),
    backups: gated(stores.backups), restores: gated(stores.restores), drills: gated(stores.drills), leases: gated(stores.leases), repositories: gated(stores.repositories),
    sources: gated(stores.sources), keeper: gated(stores.keeper),
    installation: () => (problem() === null ? stores.installation() : refuse()),
    ping: () => (problem() === null ? stores.ping() : refuse()),
    close: () => stores.close(),
  };
}
