import { isSlipwayError, messageOf, SlipwayError } from '../../domain/errors.js';
import type { Engine } from '../../engines/engine.js';
import type { LeaseMode } from '../../store/backup-stores.js';
import type { BackupContext } from './backup-step.js';
import type { BackupDeps } from './deps.js';

type LeaseDeps = Pick<BackupDeps, 'stores' | 'leaseTtlMs' | 'logger'>;
type Holder = Pick<BackupContext, 'signal' | 'holder'>;

/** Renewed this often within its time. */
const RENEWALS = 4;
/** What of its time may pass unrenewed before the work is stopped: programs need the rest to end. */
const STOP_AFTER = 0.75;

/**
 * Works on a repository while nobody else does who must not. The work is stopped when its lease cannot be renewed in time, so that whoever gets
 * the next lease finds nothing at work.
 *
 * @throws LEASE_HELD, LEASE_LOST, and what the body throws
 */
export async function withLease<T>(deps: LeaseDeps, mode: LeaseMode, repository: string, { signal, holder }: Holder, body: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { stores: { leases }, leaseTtlMs } = deps;
  signal.throwIfAborted();
  const lease = await leases.acquire({ name: `repository:${repository}`, mode, holder, ttlMs: leaseTtlMs });
  if (!('token' in lease)) throw new SlipwayError('LEASE_HELD', `${lease.heldBy} works on the repository ${repository} until ${lease.until} at least.`);
  const lost = new AbortController();
  const stop = renewing(deps, lease.token, lost);
  try {
    return await body(AbortSignal.any([signal, lost.signal]));
  } catch (error) {
    if (lost.signal.aborted && !signal.aborted) throw new SlipwayError('LEASE_LOST', `The lease on ${repository} could not be renewed, so the work on it was stopped.`, { cause: error });
    throw error;
  } finally {
    stop();
    await leases.release(lease.token).catch((error: unknown) => deps.logger.warn({ repository, reason: messageOf(error) }, 'a lease could not be given back; it runs out by itself'));
  }
}

/** The same, and locks that dead programs left in the repository are removed before the next attempt. */
export async function onRepository<T>(deps: LeaseDeps, mode: LeaseMode, engine: Engine, context: Holder, body: (signal: AbortSignal) => Promise<T>): Promise<T> {
  try {
    return await withLease(deps, mode, engine.name, context, body);
  } catch (error) {
    // Alone on the repository nobody of ours is at work: what is locked was left by the dead.
    if (isSlipwayError(error) && error.code === 'REPOSITORY_LOCKED') await withLease(deps, 'alone', engine.name, context, (signal) => engine.unlock(signal));
    throw error;
  }
}

function renewing({ stores: { leases }, leaseTtlMs, logger }: LeaseDeps, token: number, lost: AbortController): () => void {
  // By this process's own clock: the database may be away.
  let renewedAt = performance.now();
  const timer = setInterval(() => {
    const askedAt = performance.now();
    leases.renew(token, leaseTtlMs).then((held) => {
      if (held) renewedAt = askedAt;
      else lost.abort();
    }, (error: unknown) => {
      logger.warn({ reason: messageOf(error) }, 'a lease could not be renewed');
    });
    if (askedAt - renewedAt > leaseTtlMs * STOP_AFTER) lost.abort();
  }, leaseTtlMs / RENEWALS / 2);
  return () => clearInterval(timer);
}
