import { describe, expect, it } from '@jest/globals';
import type { LeaseMode } from '../lease-store.js';
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

    it('are not shared anew while somebody waits to be alone, who then gets it, and for no longer than he waits', async () => {
      const name = aService();
      const shared = await tokenOf(name, 'shared');
      const waiting = () => leases().acquire({ name, mode: 'alone', holder: 'retention', ttlMs: 60_000, waitsMs: 10_000 });
      expect(await waiting()).toMatchObject({ heldBy: 'backup 1' });
      expect(await acquire(name, 'shared')).toMatchObject({ heldBy: 'retention' });
      expect(await waiting()).toMatchObject({ heldBy: 'backup 1' });
      await leases().release(shared);
      const alone = await waiting();
      expect(alone).toMatchObject({ token: expect.any(Number) });
      if ('token' in alone) await leases().release(alone.token);
      expect(await acquire(name, 'shared')).toMatchObject({ token: expect.any(Number) });
      expect(await waiting()).toMatchObject({ heldBy: 'backup 1' });
      await subject().age(11_000);
      expect(await acquire(name, 'shared')).toMatchObject({ token: expect.any(Number) });
    });

    it('are shared with one who goes ahead of whoever waits to be alone, but never beside one who is', async () => {
      const name = aService();
      const shared = await tokenOf(name, 'shared');
      const ahead = () => leases().acquire({ name, mode: 'shared', holder: 'restore', ttlMs: 60_000, ahead: true });
      await leases().acquire({ name, mode: 'alone', holder: 'retention', ttlMs: 60_000, waitsMs: 10_000 });
      const restore = await ahead();
      expect(restore).toMatchObject({ token: expect.any(Number) });
      if ('token' in restore) await leases().release(restore.token);
      await leases().release(shared);
      expect(await leases().acquire({ name, mode: 'alone', holder: 'retention', ttlMs: 60_000, waitsMs: 10_000 })).toMatchObject({ token: expect.any(Number) });
      expect(await ahead()).toMatchObject({ heldBy: 'retention' });
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
    const at = (place: string, site = 'default') => ({ site, place, name: 'vault' });

    it('are made once a place of a site, whatever they are called', async () => {
      const place = aService();
      const { repositories } = subject().stores;
      expect(await repositories.isMade(at(place))).toBe(false);
      await repositories.pruned(at(place), '2026-01-02T00:00:00.000Z');
      await repositories.made(at(place));
      await repositories.made({ ...at(place), name: 'another' });
      expect(await Promise.all([at(place), { ...at(place), name: 'third' }, at(place, 'west'), at(`${place}/b`)].map((each) => repositories.isMade(each)))).toEqual([true, true, false, false]);
      expect(await repositories.prunes(at(place))).toEqual({ prunedAt: '2026-01-02T00:00:00.000Z', triedAt: null });
    });

    it('remember when they were last pruned, and when that was last tried', async () => {
      const place = aService();
      const { repositories } = subject().stores;
      expect(await repositories.prunes(at(place))).toEqual({ prunedAt: null, triedAt: null });
      for (const day of ['02', '01']) {
        await repositories.pruned(at(place), `2026-01-${day}T00:00:00.000Z`);
        await repositories.triedToPrune(at(place), `2026-02-${day}T00:00:00.000Z`);
      }
      expect(await repositories.prunes(at(place))).toEqual({ prunedAt: '2026-01-02T00:00:00.000Z', triedAt: '2026-02-02T00:00:00.000Z' });
    });

    it('show when they and their sources were last done', async () => {
      const { stores: { backups, repositories, metrics } } = subject();
      const [place, service] = [aService(), aService()];
      const address = { service, environment: 'production', source: 'orders' };
      await repositories.pruned(at(place), '2026-01-02T00:00:00.000Z');
      for (const day of ['02', '01']) await backups.retained(address, `2026-01-${day}T00:00:00.000Z`);
      const shown = await metrics.retention();
      expect(shown.repositories).toContainEqual({ ...at(place), prunedAt: '2026-01-02T00:00:00.000Z' });
      expect(shown.sources.filter((each) => each.service === service)).toEqual([{ ...address, retainedAt: '2026-01-02T00:00:00.000Z' }]);
    });
  });
}
