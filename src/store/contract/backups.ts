import { describe, expect, it } from '@jest/globals';
import type { ContractSubject } from '../contract.js';
import { aBackup, aBackupStatus, aFailure, aVerifiedEnd, makeVerified, SUMMARY } from './backup-samples.js';
import { aClaim, aService } from './samples.js';

const DAMAGE = [{ file: 'orders.dump', text: 'hash differs' }];

export function backupContract(subject: () => ContractSubject): void {
  const store = () => subject().stores.backups;
  const requested = async (service = aService()) => {
    const backup = aBackup(service);
    await store().request(backup);
    return backup;
  };

  describe('backups', () => {
    it('keep a request as it was made', async () => {
      const backup = aBackup(aService(), { reason: 'before the sale' });
      expect(await store().request(backup)).toBe(backup.id);
      expect(await store().get(backup.id)).toEqual({
        ...backup, state: 'requested', status: null, snapshot: null, fingerprint: null, bytes: null, storedBytes: null, at: null, verifiedAt: null, checkFailure: null,
        provenAt: null, damage: [], hold: null, requestedAt: expect.any(String), endedAt: null,
      });
    });

    it('keep text that PostgreSQL refuses with its odd characters replaced', async () => {
      const backup = aBackup(aService(), { reason: 'a\u0000b' });
      await store().request(backup);
      await store().record(aBackupStatus(backup, { notes: ['nul \u0000, half a pair \uD800'] }));
      const record = await store().get(backup.id);
      expect([record?.reason, record?.status?.notes]).toEqual(['a\uFFFDb', ['nul \uFFFD, half a pair \uFFFD']]);
    });

    it('let one of several runs that come at once claim an id, again and again', async () => {
      const { id } = await requested();
      const claims = await Promise.all(['a', 'b', 'c'].map(async (run) => [run, await store().claim(id, run)] as const));
      const winner = claims.filter(([, won]) => won).map(([run]) => run);
      expect(winner).toHaveLength(1);
      expect(await store().claim(id, winner[0] ?? '')).toBe(true);
    });

    it('give no claim on an unknown, withdrawn, skipped or lost id', async () => {
      const [withdrawn, skipped, lost] = [await requested(), await requested(), await requested()];
      await store().withdraw(withdrawn.id);
      await store().skip(skipped.id, 'another one ran');
      await store().lose(lost.id, 'its workflow is gone');
      const ids = [aBackup(aService()).id, withdrawn.id, skipped.id, lost.id];
      expect(await Promise.all(ids.map((id) => store().claim(id, 'run-1')))).toEqual([false, false, false, false]);
    });

    it('show a tick that was skipped, and why', async () => {
      const { id } = await requested();
      await store().skip(id, 'another one ran');
      await store().withdraw(id);
      expect(await store().get(id)).toMatchObject({ state: 'skipped', status: { cause: { code: 'BACKUP_RUNNING', text: 'another one ran' } }, endedAt: expect.any(String) });
    });

    it('take the run’s word for what it stored and read back', async () => {
      const backup = await requested();
      await store().record(aVerifiedEnd(backup));
      expect(await store().get(backup.id)).toMatchObject({
        state: 'verified', snapshot: `snapshot-of-${backup.id}`, fingerprint: SUMMARY, bytes: 5_000_000_000, storedBytes: 70,
        at: '2026-01-01T00:00:01.000Z', verifiedAt: '2026-01-01T00:01:00.000Z', endedAt: '2026-01-01T00:02:00.000Z', status: { phase: 'succeeded' },
      });
    });

    it('may be chosen from the moment they were read back, whatever becomes of the rest of the run', async () => {
      const backup = await requested();
      await store().record(aVerifiedEnd(backup, { phase: 'retaining', endedAt: null }));
      expect(await store().get(backup.id)).toMatchObject({ state: 'verified', endedAt: null });
      await store().record(aVerifiedEnd(backup, { phase: 'aborted' }));
      expect(await store().get(backup.id)).toMatchObject({ state: 'verified', endedAt: expect.any(String) });
    });

    it('are stored, not verified, when the run failed behind the store', async () => {
      const backup = await requested();
      await store().record(aFailure(backup, { snapshot: 's', at: '2026-01-01T00:00:01.000Z' }));
      expect((await store().get(backup.id))?.state).toBe('stored');
    });

    it.each(['failed', 'aborted'] as const)('are failed when the run %s before it stored anything', async (phase) => {
      const backup = await requested();
      await store().record(aFailure(backup, { phase }));
      expect(await store().get(backup.id)).toMatchObject({ state: 'failed', endedAt: '2026-01-01T00:02:00.000Z' });
    });

    it('are damaged when what was read back is not what was stored', async () => {
      const backup = await requested();
      await store().record(aVerifiedEnd(backup, { phase: 'damaged', verifiedAt: null, damage: DAMAGE }));
      expect(await store().get(backup.id)).toMatchObject({ state: 'damaged', damage: DAMAGE, verifiedAt: null });
    });

    it('keep the first end', async () => {
      const backup = await requested();
      await store().record(aVerifiedEnd(backup));
      await store().record(aFailure(backup));
      expect(await store().get(backup.id)).toMatchObject({ state: 'verified', status: { phase: 'succeeded' } });
    });

    it('say so when there is nothing to change', async () => {
      const backup = aBackup(aService());
      const missing = { code: 'BACKUP_NOT_FOUND' };
      await expect(store().record(aVerifiedEnd(backup))).rejects.toMatchObject(missing);
      await expect(store().verified(backup.id, { at: '2026-01-01T00:00:00Z', damage: [] })).rejects.toMatchObject(missing);
      await expect(store().unread(backup.id, { at: '2026-01-01T00:00:00Z', code: 'ABORTED', text: '' })).rejects.toMatchObject(missing);
      await expect(store().proven(backup.id, '2026-01-01T00:00:00Z')).rejects.toMatchObject(missing);
      await expect(store().hold(backup.id, null, { actor: 'ada', action: 'backup.drop-hold', subject: backup.id, detail: {} })).rejects.toMatchObject(missing);
    });

    it('are lost once, with the cause', async () => {
      const { id } = await requested();
      expect(await store().lose(id, 'its workflow is gone')).toBe(true);
      expect(await store().lose(id, 'its workflow is gone')).toBe(false);
      expect(await store().get(id)).toMatchObject({ state: 'lost', status: { phase: 'failed', cause: { code: 'LOST', text: 'its workflow is gone' } }, endedAt: expect.any(String) });
    });

    it('take the word of a run that was lost and found', async () => {
      const backup = await requested();
      await store().lose(backup.id, 'its workflow is gone');
      await store().record(aVerifiedEnd(backup));
      expect(await store().get(backup.id)).toMatchObject({ state: 'verified', endedAt: '2026-01-01T00:02:00.000Z' });
    });

    it('free the key of one that was lost before it ran, and only of such a one', async () => {
      const [free, taken] = [aClaim(), aClaim()];
      const [never, ran] = [aBackup(aService()), aBackup(aService())];
      await store().request(never, free);
      await store().request(ran, taken);
      await store().claim(ran.id, 'run-1');
      for (const { id } of [never, ran]) await store().lose(id, 'gone');
      const next = aBackup(aService());
      expect(await store().request(next, free)).toBe(next.id);
      await expect(store().request(aBackup(aService()), taken)).rejects.toMatchObject({ code: 'IDEMPOTENCY_IN_FLIGHT' });
    });
  });

  describe('backups read again', () => {
    const at = (minute: number) => `2026-01-02T00:0${minute}:00.000Z`;

    it('are verified late', async () => {
      const backup = await requested();
      await store().record(aFailure(backup, { snapshot: 's', at: at(0) }));
      await store().verified(backup.id, { at: at(1), damage: [] });
      expect(await store().get(backup.id)).toMatchObject({ state: 'verified', verifiedAt: at(1) });
    });

    it('are damaged when they have become so, and keep when they last were good', async () => {
      const { id } = await makeVerified(store(), aService());
      await store().verified(id, { at: at(1), damage: DAMAGE });
      expect(await store().get(id)).toMatchObject({ state: 'damaged', damage: DAMAGE, verifiedAt: '2026-01-01T00:01:00.000Z' });
    });

    it('are good again when the repository was mended', async () => {
      const { id } = await makeVerified(store(), aService());
      await store().verified(id, { at: at(1), damage: DAMAGE });
      await store().verified(id, { at: at(2), damage: [] });
      expect(await store().get(id)).toMatchObject({ state: 'verified', damage: [], verifiedAt: at(2) });
    });

    it('are what the newest reading says, whichever is written last', async () => {
      const { id } = await makeVerified(store(), aService());
      await store().verified(id, { at: at(2), damage: DAMAGE });
      await store().verified(id, { at: at(1), damage: [] });
      expect((await store().get(id))?.state).toBe('damaged');
    });

    it('stay what they are when they cannot be read, and say why until they can', async () => {
      const { id } = await makeVerified(store(), aService());
      const failure = { code: 'REPOSITORY_UNREACHABLE', text: 'nobody \u0000 answers', at: at(1) };
      await store().unread(id, failure);
      expect(await store().get(id)).toMatchObject({ state: 'verified', verifiedAt: '2026-01-01T00:01:00.000Z', checkFailure: { ...failure, text: expect.stringContaining('answers') } });
      await store().verified(id, { at: at(2), damage: [] });
      await store().unread(id, failure);
      expect(await store().get(id)).toMatchObject({ verifiedAt: at(2), checkFailure: null });
    });

    it('stay damaged whatever their run says later', async () => {
      const backup = await requested();
      await store().record(aVerifiedEnd(backup, { phase: 'retaining', endedAt: null }));
      await store().verified(backup.id, { at: at(1), damage: DAMAGE });
      await store().record(aVerifiedEnd(backup));
      expect(await store().get(backup.id)).toMatchObject({ state: 'damaged', endedAt: expect.any(String) });
    });

    it('remember the last time they were proven', async () => {
      const { id } = await makeVerified(store(), aService());
      await store().proven(id, at(2));
      await store().proven(id, '2026-01-02T01:01:00+01:00');
      expect((await store().get(id))?.provenAt).toBe(at(2));
    });
  });
}
