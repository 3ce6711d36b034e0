import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, messageOf, SlipwayError } from '../domain/errors.js';
import type { Logger } from '../domain/logger.js';
import type { Bound } from '../programs/bound.js';
import { monotonicMs } from '../programs/monotonic.js';
import type { Programs } from '../programs/programs.js';
import type { LeaseAnswer, LeaseMode, LeaseStore } from '../store/lease-store.js';

export interface LeaseDeps {
  readonly leases: LeaseStore;
  /** How long a lease lasts unrenewed, and so how long a dead worker's holds others up. */
  readonly leaseTtlMs: number;
  /** Bounds whatever is run under a lease. */
  readonly programs: Pick<Programs, 'bounded'>;
  readonly logger: Logger;
}

export interface Lease {
  readonly name: string;
  readonly mode: LeaseMode;
  /** What it is on, for people. */
  readonly on: string;
  /** How long it is waited for while another one has it, or the database is away. Meanwhile nobody new shares it before one who must be alone. @default not at all */
  readonly waitMs?: number;
  /** Shares it before one who waits to be alone. @default false */
  readonly ahead?: boolean;
}

export interface Holder {
  readonly signal: AbortSignal;
  /** Of one attempt: the same for no other. */
  readonly holder: string;
}

/** Renewed this often within its time. */
const RENEWALS = 8;
/** What of its time may pass unrenewed before the work is stopped, and programs are asked to end. */
const STOP_AFTER = 2 / 3;
/**
 * What of it may pass before the guardian kills the programs, should this process be frozen or too slow. They are gone two seconds later at most,
 * which is less than what is left of the shortest lease that can be set (10 s): then somebody else may get one.
 */
const KILL_AFTER = 3 / 4;
const LOOK_EVERY_MS = 1_000;
/** Each look keeps others out until well after the next. */
const KEEP_OUT_MS = 10 * LOOK_EVERY_MS;

/**
 * Works while nobody else does who must not. The work is stopped when its lease cannot be renewed in time, so that whoever gets the next lease
 * finds nothing at work. Its programs end even when this process cannot stop them, because it is frozen. One that cannot be killed, as it waits
 * for a disk, keeps the lease until that runs out.
 *
 * @throws LEASE_HELD, LEASE_LOST, DATABASE_UNAVAILABLE, and what the body throws
 */
export async function whileLeased<T>(deps: LeaseDeps, lease: Lease, { signal, holder }: Holder, body: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { token, askedAt } = await acquire(deps, lease, { signal, holder });
  return deps.programs.bounded(askedAt + deps.leaseTtlMs * KILL_AFTER, async (bound) => {
    const lost = new AbortController();
    const stop = renewing(deps, { token, askedAt, bound, lost });
    try {
      return await body(AbortSignal.any([signal, lost.signal]));
    } catch (error) {
      if (lost.signal.aborted && !signal.aborted) throw new SlipwayError('LEASE_LOST', `The lease on ${lease.on} could not be renewed, so the work on it was stopped.`, { cause: error });
      throw error;
    } finally {
      stop();
      await giveBack(deps, lease, token, bound);
    }
  });
}

async function giveBack({ leases, logger }: LeaseDeps, { name }: Lease, token: number, bound: Bound): Promise<void> {
  if (!bound.over) return logger.warn({ lease: name }, 'a program that works under a lease cannot be ended, so the lease is left to run out');
  await leases.release(token).catch((error: unknown) => logger.warn({ lease: name, reason: messageOf(error) }, 'a lease could not be given back; it runs out by itself'));
}

interface Acquired {
  readonly token: number;
  /** All times count from before the database was asked: by its clock the lease may have begun right then. */
  readonly askedAt: number;
}

async function acquire({ leases, leaseTtlMs }: LeaseDeps, { name, mode, on, waitMs = 0, ahead = false }: Lease, { signal, holder }: Holder): Promise<Acquired> {
  const waitsUntil = monotonicMs() + waitMs;
  for (;;) {
    signal.throwIfAborted();
    const askedAt = monotonicMs();
    const waits = askedAt < waitsUntil;
    const answer = await leases.acquire({ name, mode, holder, ttlMs: leaseTtlMs, ...(waits && { waitsMs: KEEP_OUT_MS }), ...(ahead && { ahead }) }).catch((error: unknown) => afterOutage(error, waits));
    if (answer && 'token' in answer) return { token: answer.token, askedAt };
    if (answer && !waits) throw new SlipwayError('LEASE_HELD', `${answer.heldBy} works on ${on} until ${answer.until} at least.`);
    // A cancel shows at the loop's beginning.
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

function afterOutage(error: unknown, waits: boolean): LeaseAnswer | undefined {
  if (waits && codeOf(error) === 'DATABASE_UNAVAILABLE') return undefined;
  throw error;
}

function renewing({ leases, leaseTtlMs, logger }: LeaseDeps, { token, askedAt: acquiredAt, bound, lost }: Acquired & { readonly bound: Bound; readonly lost: AbortController }): () => void {
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
