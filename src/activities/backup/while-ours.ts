import { codeOf } from '../../domain/errors.js';
import type { LeaseStore } from '../../store/lease-store.js';
import { type LeaseDeps, whileLeased } from '../lease.js';
import type { BackupContext } from './backup-step.js';

/**
 * Runs programs for as long as the Temporal server says that the attempt is the one that counts, as under a lease of the length of its heartbeat
 * timeout: when another attempt begins, or the next run, they have ended, also while this process is frozen. Needs no database: nobody shall
 * wait for that while writes are stopped.
 *
 * @throws SUPERSEDED, TEMPORAL_UNAVAILABLE, LEASE_LOST, and what the body throws
 */
export function whileOurs<T>(
  { programs, logger }: Pick<LeaseDeps, 'programs' | 'logger'>, context: BackupContext, body: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lease = { name: context.holder, mode: 'alone', on: 'this attempt' } as const;
  return whileLeased({ programs, logger, leases: attemptAsLease(context), leaseTtlMs: context.heartbeatTimeoutMs }, lease, context, body);
}

/** An attempt is given up by the server when it was silent for its heartbeat timeout; each question to the server is a heartbeat. */
function attemptAsLease({ stillOurs }: BackupContext): LeaseStore {
  return {
    acquire: async () => (await stillOurs(), { token: 0 }),
    renew: () => stillOurs().then(() => true, (error: unknown) => {
      if (codeOf(error) === 'SUPERSEDED') return false;
      throw error;
    }),
    release: async () => undefined,
  };
}
