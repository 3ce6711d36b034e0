import { describe, expect, it } from '@jest/globals';
import type { LeaseMode } from '../backup-stores.js';
import type { ContractSubject } from '../contract.js';
import { aService } from './samples.js';

export function leaseContract(subject: () => ContractSubject): void {
  const leases = () => subject().stores.leases;
  const acquire = (name: string, mode: LeaseMode, holder = 'backup 1', ttlMs = 60_000) => leases().acquire({ name, mode, holder, ttlMs });
  const tokenOf = async (name: string, mode: LeaseMode): Promise<number> => {
    const answer = await acquire(name, mode);
    if ('token' in answer) return answer.token;
    throw new Error(`held by ${answer.heldBy}`);
  };

  describe('leases', () => {
    it('are shared by many', async () => {
      const name = aService();
      expect(await tokenOf(name, 'shared')).not.toBe(await tokenOf(name, 'shared'));
    });

    it('are given alone when nobody has one, and then to nobody else', async () => {
      const name = aService();
      await tokenOf(name, 'alone');
      const held = { heldBy: 'backup 1', until: expect.stringMatching(/^\d{4}-.*Z$/) };
      expect(await acquire(name, 'alone', 'prune')).toEqual(held);
      expect(await acquire(name, 'shared', 'verify')).toEqual(held);
    });

    it('are not given alone while they are shared', async () => {
      const name = aService();
      const token = await tokenOf(name, 'shared');
      expect(await acquire(name, 'alone')).toMatchObject({ heldBy: 'backup 1' });
      await leases().release(token);
      expect(await acquire(name, 'alone')).toMatchObject({ token: expect.any(Number) });
    });

    it('of one name are nothing to another', async () => {
      await tokenOf(aService(), 'alone');
      await tokenOf(aService(), 'alone');
    });

    it('have higher tokens the later they are given', async () => {
      const name = aService();
      const tokens = [];
      for (let n = 0; n < 3; n += 1) {
        const token = await tokenOf(name, 'alone');
        tokens.push(token);
        await leases().release(token);
      }
      expect(tokens).toEqual(tokens.toSorted((a, b) => a - b));
      expect(await tokenOf(aService(), 'shared')).toBeGreaterThan(tokens[2] ?? 0);
    });

    it('run out, and are then another’s', async () => {
      const name = aService();
      const dead = await tokenOf(name, 'alone');
      await subject().age(59_000);
      expect(await acquire(name, 'alone')).toMatchObject({ heldBy: 'backup 1' });
      await subject().age(2_000);
      const next = await tokenOf(name, 'alone');
      expect(next).toBeGreaterThan(dead);
      expect(await leases().renew(dead, 60_000)).toBe(false);
      expect(await leases().renew(next, 60_000)).toBe(true);
    });

    it('stay while they are renewed', async () => {
      const name = aService();
      const token = await tokenOf(name, 'alone');
      for (let n = 0; n < 3; n += 1) {
        await subject().age(40_000);
        expect(await leases().renew(token, 60_000)).toBe(true);
      }
      expect(await acquire(name, 'shared')).toMatchObject({ heldBy: 'backup 1' });
    });

    it('that ran out are not renewed, though nobody took them', async () => {
      const token = await tokenOf(aService(), 'alone');
      await subject().age(61_000);
      expect(await leases().renew(token, 60_000)).toBe(false);
    });

    it('are released by their holder only, and once', async () => {
      const name = aService();
      const first = await tokenOf(name, 'alone');
      await leases().release(first);
      await tokenOf(name, 'alone');
      await leases().release(first);
      expect(await leases().renew(first, 60_000)).toBe(false);
      expect(await acquire(name, 'alone')).toMatchObject({ heldBy: 'backup 1' });
    });

    it('are never given alone twice, however many come at once', async () => {
      const name = aService();
      const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => acquire(name, n % 2 === 0 ? 'alone' : 'shared', String(n))));
      const given = answers.flatMap((answer, n) => ('token' in answer ? [n] : []));
      expect(given.length === 1 || given.every((n) => n % 2 === 1)).toBe(true);
      expect(given.length).toBeGreaterThan(0);
    });
  });

  describe('repositories', () => {
    it('remember where they were made', async () => {
      const name = aService();
      const { repositories } = subject().stores;
      expect(await repositories.isMade(name, '/one')).toBe(false);
      await repositories.pruned(name, '2026-01-02T00:00:00.000Z');
      await repositories.made(name, '/one');
      await repositories.made(name, '/two');
      expect([await repositories.isMade(name, '/one'), await repositories.isMade(name, '/two')]).toEqual([false, true]);
      expect(await repositories.prunedAt(name)).toBe('2026-01-02T00:00:00.000Z');
    });

    it('remember when they were last pruned', async () => {
      const name = aService();
      const { repositories } = subject().stores;
      expect(await repositories.prunedAt(name)).toBeNull();
      await repositories.pruned(name, '2026-01-02T00:00:00.000Z');
      await repositories.pruned(name, '2026-01-01T00:00:00.000Z');
      expect(await repositories.prunedAt(name)).toBe('2026-01-02T00:00:00.000Z');
    });
  });
}
