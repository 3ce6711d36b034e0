import { isSlipwayError, messageOf, SlipwayError } from '../../domain/errors.js';
import type { Engine } from '../../engines/engine.js';
import type { Bound } from '../../programs/bound.js';
import { monotonicMs } from '../../programs/monotonic.js';
import type { LeaseMode } from '../../store/backup-stores.js';
import type { BackupContext } from './backup-step.js';
import type { BackupDeps } from './deps.js';

type LeaseDeps = Pick<BackupDeps, 'stores' | 'leaseTtlMs' | 'programs' | 'logger'>;
type Holder = Pick<BackupContext, 'signal' | 'holder'>;

/** Renewed this often within its time. */
const RENEWALS = 8;
/** What of its time may pass unrenewed before the work is stopped, and programs are asked to end. */
const STOP_AFTER = 2 / 3;
/**
 * What of it may pass before the guardian kills the programs, should this process be frozen or too slow. They are gone two seconds later at most,
 * which is less than what is left of the shortest lease that can be set (10 s): then somebody else may get one.
 */
const KILL_AFTER = 3 / 4;

/**
 * Works on a repository while nobody else does who must not. The work is stopped when its lease cannot be renewed in time, so that whoever gets
 * the next lease finds nothing at work. Its programs end even when this process cannot stop them, because it is frozen. One that cannot be killed,
 * as it waits for a disk, keeps the lease until that runs out.
 *
 * @throws LEASE_HELD, LEASE_LOST, and what the body throws
 */
export async function withLease<T>(deps: LeaseDeps, mode: LeaseMode, repository: string, { signal, holder }: Holder, body: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { stores: { leases }, leaseTtlMs, programs } = deps;
  signal.throwIfAborted();
  // All times count from before the database was asked: by its clock the lease may have begun right then.
  const askedAt = monotonicMs();
  const lease = await leases.acquire({ name: `repository:${repository}`, mode, holder, ttlMs: leaseTtlMs });
  if (!('token' in lease)) throw new SlipwayError('LEASE_HELD', `${lease.heldBy} works on the repository ${repository} until ${lease.until} at least.`);
  return programs.bounded(askedAt + leaseTtlMs * KILL_AFTER, async (bound) => {
    const lost = new AbortController();
    const stop = renewing(deps, { token: lease.token, askedAt, bound, lost });
    try {
      return await body(AbortSignal.any([signal, lost.signal]));
    } catch (error) {
      if (lost.signal.aborted && !signal.aborted) throw new SlipwayError('LEASE_LOST', `The lease on ${repository} could not be renewed, so the work on it was stopped.`, { cause: error });
      throw error;
    } finally {
      stop();
      await giveBack(deps, { token: lease.token, repository, bound });
    }
  });
}

async function giveBack({ stores: { leases }, logger }: LeaseDeps, { token, repository, bound }: { readonly token: number; readonly repository: string; readonly bound: Bound }): Promise<void> {
  if (!bound.over) return logger.warn({ repository }, 'a program that works on the repository cannot be ended, so its lease is left to run out');
  await leases.release(token).catch((error: unknown) => logger.warn({ repository, reason: messageOf(error) }, 'a lease could not be given back; it runs out by itself'));
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

interface Renewing {
  readonly token: number;
  readonly askedAt: number;
  readonly bound: Bound;
  readonly lost: AbortController;
}

function renewing({ stores: { leases }, leaseTtlMs, logger }: LeaseDeps, { token, askedAt: acquiredAt, bound, lost }: Renewing): () => void {
  // By this machine's own clock: the database may be away.
  let renewedAt = acquiredAt;
  const look = (): void => {
    const leftMs = renewedAt + leaseTtlMs * STOP_AFTER - monotonicMs();
    if (leftMs <= 0) return lost.abort();
    stopping = setTimeout(look, leftMs);
  };
  let stopping: NodeJS.Timeout | undefined;
  look();
  const timer = setInterval(() => {
    const askedAt = monotonicMs();
    leases.renew(token, leaseTtlMs).then((held) => {
      if (!held) return lost.abort();
      renewedAt = Math.max(renewedAt, askedAt);
      bound.extend(askedAt + leaseTtlMs * KILL_AFTER);
    }, (error: unknown) => {
      logger.warn({ reason: messageOf(error) }, 'a lease could not be renewed');
    });
  }, leaseTtlMs / RENEWALS);
  return () => {
    clearInterval(timer);
    clearTimeout(stopping);
  };
}
