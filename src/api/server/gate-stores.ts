import { SlipwayError } from '../../domain/errors.js';
import type { Stores } from '../../store/stores.js';

/** The same stores, which are away until the database has this release's schema. */
export function gateStores(stores: Stores, isReady: () => boolean): Stores {
  const refuse = (): Promise<never> => Promise.reject(new SlipwayError('DATABASE_UNAVAILABLE', 'The database has not been brought to this release’s schema yet.'));
  const gated = <Repository extends object>(repository: Repository): Repository =>
    new Proxy(repository, {
      get(target, name, receiver) {
        const member: unknown = Reflect.get(target, name, receiver);
        return typeof member !== 'function' || isReady() ? member : refuse;
      },
    });
  return {
    services: gated(stores.services), deployments: gated(stores.deployments), idempotency: gated(stores.idempotency), events: gated(stores.events),
    observations: gated(stores.observations), metrics: gated(stores.metrics), audit: gated(stores.audit),
    ping: () => (isReady() ? stores.ping() : refuse()),
    close: () => stores.close(),
  };
}
