import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { describe, expect, it } from '@jest/globals';
import { fromSource } from '../../../test/support/programs/from-source.js';
import { until } from '../../../test/support/until.js';
import { SlipwayError } from '../../domain/errors.js';
import { monotonicMs } from '../../programs/monotonic.js';
import { groupRuns } from '../../programs/process-group.js';
import { createPrograms, type Programs } from '../../programs/programs.js';
import { createMemoryStores } from '../../store/memory/memory-stores.js';
import { onRepository, withLease } from './lease.js';
import { createFakeEngine } from '../../engines/fake/fake-engine.js';

const WITHIN_MS = 60_000;
const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

function scene(leaseTtlMs = 60_000) {
  const database = { available: true };
  const stores = createMemoryStores({ available: () => database.available });
  const told: { readonly group: number; readonly untilMs: number | undefined }[] = [];
  const guardian = { watch: (group: number, untilMs?: number) => void told.push({ group, untilMs }), release: () => undefined };
  const deps = { stores, leaseTtlMs, programs: createPrograms({ guardian }), logger };
  const holder = (name: string, signal = new AbortController().signal) => ({ holder: name, signal });
  return { database, stores, deps, holder, told };
}

const VAULT = { name: 'vault', place: '/vault' };

/** Ends when the signal of the lease does. */
const untilStopped = (signal: AbortSignal): Promise<never> => new Promise((_, reject) => {
  if (signal.aborted) return reject(signal.reason as Error);
  return signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
});

describe('a lease on a repository', () => {
  it('is shared by those who only add and read', async () => {
    const { deps, holder } = scene();
    await expect(withLease(deps, 'shared', VAULT, holder('one'), () => withLease(deps, 'shared', VAULT, holder('two'), async () => 'both'))).resolves.toBe('both');
  });

  it('names who has it to whoever must be alone', async () => {
    const { deps, holder } = scene();
    await withLease(deps, 'shared', VAULT, holder('one'), async () => {
      await expect(withLease(deps, 'alone', VAULT, holder('two'), async () => 'never')).rejects.toMatchObject({ code: 'LEASE_HELD', message: expect.stringContaining('one') });
    });
  });

  it('is one for two names of a place', async () => {
    const { deps, holder } = scene();
    await withLease(deps, 'shared', VAULT, holder('one'), async () => {
      await expect(withLease(deps, 'alone', { ...VAULT, name: 'another' }, holder('two'), async () => 'never')).rejects.toMatchObject({ code: 'LEASE_HELD' });
    });
  });

  it('is waited for by one who must be alone, and nobody new is let in before him', async () => {
    const { deps, holder } = scene();
    const order: string[] = [];
    let end = (): void => undefined;
    const shared = withLease(deps, 'shared', VAULT, holder('one'), () => new Promise<void>((resolve) => { end = resolve; }));
    const alone = withLease(deps, 'alone', VAULT, holder('two'), async () => void order.push('alone'), { waitMs: 30_000 });
    await expect(withLease(deps, 'shared', VAULT, holder('three'), async () => void order.push('shared'))).rejects.toMatchObject({ code: 'LEASE_HELD', message: expect.stringContaining('two') });
    end();
    await Promise.all([shared, alone]);
    expect(order).toEqual(['alone']);
  });

  it('is free again after a failure', async () => {
    const { deps, holder } = scene();
    await expect(withLease(deps, 'alone', VAULT, holder('one'), () => Promise.reject(new SlipwayError('ENGINE_FAILED')))).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
    await expect(withLease(deps, 'alone', VAULT, holder('two'), async () => 'free')).resolves.toBe('free');
  });

  it('lasts for longer than its time while it is renewed', async () => {
    const { deps, holder } = scene(5_000);
    await withLease(deps, 'alone', VAULT, holder('one'), async (signal) => {
      for (const endsAt = performance.now() + 6_500; performance.now() < endsAt;) await new Promise((resolve) => { setTimeout(resolve, 10); });
      expect(signal.aborted).toBe(false);
    });
  });

  it('stops the work when it was taken away', async () => {
    const { deps, holder, stores } = scene(40);
    await expect(withLease(deps, 'alone', VAULT, holder('one'), async (signal) => {
      await stores.leases.release(1);
      await untilStopped(signal);
    })).rejects.toMatchObject({ code: 'LEASE_LOST' });
  });

  it('stops the work before its time is over while nobody can renew it', async () => {
    const { database, deps, holder, stores } = scene(200);
    const startedAt = performance.now();
    await expect(withLease(deps, 'alone', VAULT, holder('one'), async (signal) => {
      database.available = false;
      await untilStopped(signal);
    })).rejects.toMatchObject({ code: 'LEASE_LOST' });
    database.available = true;
    // Whatever the machine's pace: not before two thirds of the time, when a renewal may still have come.
    expect(performance.now() - startedAt).toBeGreaterThan(120);
    await stores.ping();
  });

  it('counts its time from before the database was asked for it', async () => {
    const { deps, holder, stores, told } = scene();
    const acquire: typeof stores.leases.acquire = async (request) => {
      const beganAt = monotonicMs();
      await until(() => monotonicMs() > beganAt + 50);
      return stores.leases.acquire(request);
    };
    const askedAt = monotonicMs();
    const slow = { ...deps, stores: { ...stores, leases: { ...stores.leases, acquire } } };
    await withLease(slow, 'shared', VAULT, holder('one'), (signal) => slow.programs.run({ command: ['true'], timeoutMs: WITHIN_MS, signal }));
    const [{ untilMs = Infinity } = {}] = told;
    expect(untilMs).toBeGreaterThanOrEqual(askedAt + 45_000);
    expect(untilMs).toBeLessThan(askedAt + 45_000 + 50);
  });

  it('gives its programs more time with each renewal, and none without', async () => {
    const { database, deps, holder, told } = scene(400);
    const work = withLease(deps, 'shared', VAULT, holder('one'), (signal) => deps.programs.run({ command: ['sleep', '60'], timeoutMs: WITHIN_MS, signal }));
    const ended = expect(work).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(await until(() => told.length > 2, 20_000)).toBe(true);
    database.available = false;
    await ended;
    const times = told.map(({ untilMs = NaN }) => untilMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(new Set(told.map(({ group }) => group)).size).toBe(1);
  }, WITHIN_MS);

  it('is not given back while a program of its work cannot be ended', async () => {
    const { deps, holder } = scene();
    const stuck: Programs = { ...deps.programs, bounded: (_untilMs, work) => work({ extend: () => undefined, over: false }) };
    await withLease({ ...deps, programs: stuck }, 'alone', VAULT, holder('one'), async () => undefined);
    await expect(withLease(deps, 'shared', VAULT, holder('two'), async () => 'never')).rejects.toMatchObject({ code: 'LEASE_HELD' });
  });

  it('ends its programs though their worker is frozen and renews nothing', async () => {
    const [file, ...args] = fromSource(new URL('../../../test/support/programs/leased-parent.ts', import.meta.url));
    const frozen = spawn(file, [...args, '4000'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const groups: number[] = [];
    createInterface({ input: frozen.stdout }).on('line', (line) => void groups.push(Number(line)));
    try {
      // Told anew eight times within its time: then it has outlived that.
      expect(await until(() => groups.length > 9, 40_000)).toBe(true);
      const group = groups[0] ?? 0;
      expect(groupRuns(group)).toBe(true);
      frozen.kill('SIGSTOP');
      expect(await until(() => !groupRuns(group), 40_000)).toBe(true);
    } finally {
      frozen.kill('SIGKILL');
    }
  }, 100_000);

  it('leaves a cancelled step cancelled', async () => {
    const { deps, holder } = scene();
    const cancel = new AbortController();
    const reason = new Error('cancelled');
    const work = withLease(deps, 'shared', VAULT, holder('one', cancel.signal), untilStopped);
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
    await withLease(deps, 'shared', locked, holder('two'), async () => {
      await expect(onRepository(deps, 'shared', locked, holder('one'), refuse)).rejects.toMatchObject({ code: 'LEASE_HELD' });
    });
    expect(unlocked).toBe(1);
  });
});
