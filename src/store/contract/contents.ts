import { describe, expect, it } from '@jest/globals';
import type { ContractSubject } from '../contract.js';
import { aBackup, aContent, aFailure, aFingerprint, aStored, aVerifiedEnd, SUMMARY } from './backup-samples.js';
import { aService } from './samples.js';

export function contentContract(subject: () => ContractSubject): void {
  const store = () => subject().stores.backups;
  const requested = async () => {
    const backup = aBackup(aService());
    await store().request(backup);
    return backup;
  };

  describe('contents of backups', () => {
    it('are kept exactly, whatever the files are called', async () => {
      const { id } = await requested();
      const names = ['a\u0000b', '\uD800', '\\u0000', '__proto__', 'ünï/"quoted"', ''];
      const fingerprint = { items: Object.fromEntries(names.map((name) => [name, { kind: 'file' as const, count: '9007199254740993', sum: 'ff' }])), about: { z: 1, a: null } };
      const manifest = { files: Object.fromEntries(names.map((name) => [name, { kind: 'link' as const, target: name }])) };
      const content = { fingerprint, at: '2026-01-01T00:00:01.000Z', manifest };
      await store().keepContent(id, 1, content);
      const kept = await store().content(id, 1);
      expect(JSON.stringify(kept?.fingerprint)).toBe(JSON.stringify(fingerprint));
      expect(JSON.stringify(kept?.manifest)).toBe(JSON.stringify(manifest));
      expect(kept?.at).toBe(content.at);
    });

    it('are of each attempt, the first word of it', async () => {
      const { id } = await requested();
      expect(await store().wasBegun(id)).toBe(false);
      await store().keepContent(id, 1, aContent());
      await store().keepContent(id, 1, aContent({ fingerprint: aFingerprint('0') }));
      await store().keepContent(id, 2, aContent({ fingerprint: aFingerprint('119') }));
      expect((await store().content(id, 1))?.fingerprint).toEqual(aFingerprint('118'));
      expect((await store().content(id, 2))?.fingerprint).toEqual(aFingerprint('119'));
      expect(await store().wasBegun(id)).toBe(true);
      expect(await store().content(id)).toBeUndefined();
    });

    it('count once they are stored, with the manifest', async () => {
      const { id } = await requested();
      await store().keepContent(id, 1, aContent());
      await store().stored(id, aStored());
      expect(await store().content(id)).toEqual({ ...aContent(), manifest: aStored().manifest });
      expect(await store().get(id)).toMatchObject({ state: 'stored', snapshot: 'snapshot-1', fingerprint: SUMMARY, bytes: 100, storedBytes: 70, at: aStored().at, endedAt: null });
    });

    it('of a higher attempt take the place of a lower one’s, never the reverse', async () => {
      const { id } = await requested();
      for (const attempt of [1, 2]) await store().keepContent(id, attempt, aContent({ fingerprint: aFingerprint(String(attempt)) }));
      await store().stored(id, aStored({ attempt: 1 }));
      await store().stored(id, aStored({ attempt: 2, snapshot: 'snapshot-2' }));
      await expect(store().stored(id, aStored({ attempt: 1 }))).rejects.toMatchObject({ code: 'BACKUP_NOT_FOUND' });
      expect((await store().get(id))?.snapshot).toBe('snapshot-2');
      expect((await store().content(id))?.fingerprint).toEqual(aFingerprint('2'));
    });

    it('must be kept before they are stored', async () => {
      const { id } = await requested();
      await expect(store().stored(id, aStored())).rejects.toMatchObject({ code: 'BACKUP_NOT_FOUND' });
      expect(await store().get(id)).toMatchObject({ state: 'requested', snapshot: null });
    });

    it('are taken from no run that is over', async () => {
      const ended = await requested();
      await store().keepContent(ended.id, 1, aContent());
      await store().record(aFailure(ended));
      for (const id of [ended.id, aBackup(aService()).id]) {
        await expect(store().keepContent(id, 2, aContent())).rejects.toMatchObject({ code: 'BACKUP_NOT_FOUND' });
        await expect(store().stored(id, aStored())).rejects.toMatchObject({ code: 'BACKUP_NOT_FOUND' });
      }
      expect((await store().get(ended.id))?.state).toBe('failed');
    });

    it('of attempts that stored nothing go with the end of the run', async () => {
      const [good, bad] = [await requested(), await requested()];
      for (const { id } of [good, bad]) for (const attempt of [1, 2, 3]) await store().keepContent(id, attempt, aContent());
      await store().stored(good.id, aStored({ attempt: 2 }));
      await store().record(aVerifiedEnd(good));
      await store().record(aFailure(bad));
      const kept = async (id: string) => Promise.all([1, 2, 3].map(async (attempt) => (await store().content(id, attempt)) !== undefined));
      expect([await kept(good.id), await kept(bad.id)]).toEqual([[false, true, false], [false, false, false]]);
    });

    it('stay until the repository has the backup no longer', async () => {
      const backup = await requested();
      await store().keepContent(backup.id, 1, aContent());
      await store().stored(backup.id, aStored());
      await store().record(aVerifiedEnd(backup, { snapshot: 'snapshot-1' }));
      await store().letGo([backup.id]);
      expect(await store().content(backup.id)).toBeDefined();
      await store().forgotten([backup.id]);
      expect(await store().content(backup.id)).toBeUndefined();
    });

    it('of what a lost run stored stay, so that it can be verified yet', async () => {
      const { id } = await requested();
      await store().keepContent(id, 1, aContent());
      await store().stored(id, aStored());
      await store().lose(id, 'its workflow is gone');
      await store().verified(id, { at: '2026-01-02T00:00:00.000Z', damage: [] });
      expect(await store().get(id)).toMatchObject({ state: 'verified', fingerprint: SUMMARY, status: { cause: { code: 'LOST' }, snapshot: 'snapshot-1' } });
      expect(await store().content(id)).toBeDefined();
    });

    it('are never part of a list', async () => {
      const backup = await requested();
      await store().keepContent(backup.id, 1, aContent());
      await store().stored(backup.id, aStored());
      const [item] = (await store().list({ service: backup.service }, { limit: 1 })).items;
      expect(JSON.stringify(item)).not.toContain('sha256');
      expect(item).toEqual(await store().get(backup.id));
    });
  });
}
