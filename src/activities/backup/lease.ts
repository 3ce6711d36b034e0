import { isSlipwayError } from '../../domain/errors.js';
import type { Engine } from '../../engines/engine.js';
import type { LeaseMode } from '../../store/lease-store.js';
import { type Holder, type Lease, whileLeased } from '../lease.js';
import type { BackupDeps } from './deps.js';

type LeaseDeps = Pick<BackupDeps, 'leaseTtlMs' | 'programs' | 'logger'> & { readonly stores: Pick<BackupDeps['stores'], 'leases'> };

export type LeasedRepository = Pick<Engine, 'name' | 'place'>;

type Turn = Pick<Lease, 'waitMs' | 'ahead'>;

/** Of what may be part of a restore, which waits for no retention. */
export function turnOf(ahead: boolean | undefined): Turn {
  return ahead === true ? { ahead } : {};
}

/** By the place: two names of one place are one repository. */
export function leaseNameOf({ place }: Pick<LeasedRepository, 'place'>): string {
  return `repository:${place}`;
}

/** Works on a repository while nobody else does who must not. @throws LEASE_HELD, LEASE_LOST, DATABASE_UNAVAILABLE, and what the body throws */
export async function withLease<T>(
  deps: LeaseDeps, mode: LeaseMode, repository: LeasedRepository, context: Holder, body: (signal: AbortSignal) => Promise<T>, { waitMs, ahead }: Turn = {},
): Promise<T> {
  const { stores: { leases }, leaseTtlMs, programs, logger } = deps;
  const lease = { name: leaseNameOf(repository), mode, on: `the repository ${repository.name}`, ...(waitMs !== undefined && { waitMs }), ...(ahead !== undefined && { ahead }) };
  return whileLeased({ leases, leaseTtlMs, programs, logger }, lease, context, body);
}

/** The same, and locks that dead programs left in the repository are removed before the next attempt. */
export async function onRepository<T>(
  deps: LeaseDeps, mode: LeaseMode, engine: Engine, context: Holder, body: (signal: AbortSignal) => Promise<T>, turn: Turn = {},
): Promise<T> {
  try {
    return await withLease(deps, mode, engine, context, body, turn);
  } catch (error) {
    // Alone on the repository nobody of ours is at work: what is locked was left by the dead.
    if (isSlipwayError(error) && error.code === 'REPOSITORY_LOCKED') await withLease(deps, 'alone', engine, context, (signal) => engine.unlock(signal));
    throw error;
  }
}
