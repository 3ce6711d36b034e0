import type { KeeperDeps } from './deps.js';
import type { ManagedEnvironment } from './kept-place.js';

/**
 * Whether the environment is the keeper's right now: on record no deployment is live and the same release is stable, and nobody has the lock. The
 * lock is looked at last: who takes it later finds what is written here, and compares before it writes.
 *
 * @throws DATABASE_UNAVAILABLE, TEMPORAL_UNAVAILABLE
 */
export async function isKeepers({ stores, lock }: Pick<KeeperDeps, 'stores' | 'lock'>, { service, environment, stable }: ManagedEnvironment): Promise<boolean> {
  const now = await stores.keeper.environment(service, environment);
  if (!now || now.live || now.stable?.deployment !== stable.deployment) return false;
  return lock.isFree(environment, service);
}
