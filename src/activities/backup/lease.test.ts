import { describe, expect, it } from '@jest/globals';
import { SlipwayError } from '../../domain/errors.js';
import { createMemoryStores } from '../../store/memory/memory-stores.js';
import { onRepository, withLease } from './lease.js';
import { createFakeEngine } from '../../engines/fake/fake-engine.js';

const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

function scene(leaseTtlMs = 60_000) {
  const database = { available: true };
  const stores = createMemoryStores({ available: () => database.available });
  const deps = { stores, leaseTtlMs, logger };
  const holder = (name: string, signal = new AbortController().signal) => ({ holder: name, signal });
  return { database, stores, deps, holder };
}

/** Ends when the signal of the lease does. */
const untilStopped = (signal: AbortSignal): Promise<never> => new Promise((_, reject) => {
  if (signal.aborted) return reject(signal.reason as Error);
  return signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
});

describe('a lease on a repository', () => {
  it('is shared by those who only add and read', async () => {
    const { deps, holder } = scene();
    await expect(withLease(deps, 'shared', 'vault', holder('one'), () => withLease(deps, 'shared', 'vault', holder('two'), async () => 'both'))).resolves.toBe('both');
  });

  it('names who has it to whoever must be alone', async () => {
    const { deps, holder } = scene();
    await withLease(deps, 'shared', 'vault', holder('one'), async () => {
      await expect(withLease(deps, 'alone', 'vault', holder('two'), async () => 'never')).rejects.toMatchObject({ code: 'LEASE_HELD', message: expect.stringContaining('one') });
    });
  });

  it('is free again after a failure', async () => {
    const { deps, holder } = scene();
    await expect(withLease(deps, 'alone', 'vault', holder('one'), () => Promise.reject(new SlipwayError('ENGINE_FAILED')))).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
    await expect(withLease(deps, 'alone', 'vault', holder('two'), async () => 'free')).resolves.toBe('free');
  });

  it('lasts for longer than its time while it is renewed', async () => {
    const { deps, holder } = scene(1_000);
    await withLease(deps, 'alone', 'vault', holder('one'), async (signal) => {
      for (const endsAt = performance.now() + 1_300; performance.now() < endsAt;) await new Promise((resolve) => { setTimeout(resolve, 10); });
      expect(signal.aborted).toBe(false);
    });
  });

  it('stops the work when it was taken away', async () => {
    const { deps, holder, stores } = scene(40);
    await expect(withLease(deps, 'alone', 'vault', holder('one'), async (signal) => {
      await stores.leases.release(1);
      await untilStopped(signal);
    })).rejects.toMatchObject({ code: 'LEASE_LOST' });
  });

  it('stops the work before its time is over while nobody can renew it', async () => {
    const { database, deps, holder, stores } = scene(200);
    const startedAt = performance.now();
    await expect(withLease(deps, 'alone', 'vault', holder('one'), async (signal) => {
      database.available = false;
      await untilStopped(signal);
    })).rejects.toMatchObject({ code: 'LEASE_LOST' });
    database.available = true;
    // Whatever the machine's pace: not before three quarters of the time, when a renewal may still have come.
    expect(performance.now() - startedAt).toBeGreaterThan(140);
    await stores.ping();
  });

  it('leaves a cancelled step cancelled', async () => {
    const { deps, holder } = scene();
    const cancel = new AbortController();
    const reason = new Error('cancelled');
    const work = withLease(deps, 'shared', 'vault', holder('one', cancel.signal), untilStopped);
    cancel.abort(reason);
    await expect(work).rejects.toBe(reason);
  });

  it('lets locks of the dead be removed by whoever is alone, and by nobody else', async () => {
    const { deps, holder } = scene();
    const engine = createFakeEngine({ name: 'vault' });
    let unlocked = 0;
    const locked = { ...engine, unlock: async () => { unlocked += 1; } };
    const refuse = (): Promise<never> => Promise.reject(new SlipwayError('REPOSITORY_LOCKED'));
    await expect(onRepository(deps, 'shared', locked, holder('one'), refuse)).rejects.toMatchObject({ code: 'REPOSITORY_LOCKED' });
    expect(unlocked).toBe(1);
    await withLease(deps, 'shared', 'vault', holder('two'), async () => {
      await expect(onRepository(deps, 'shared', locked, holder('one'), refuse)).rejects.toMatchObject({ code: 'LEASE_HELD' });
    });
    expect(unlocked).toBe(1);
  });
});
