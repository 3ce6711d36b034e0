import { describe, expect, it } from '@jest/globals';
import type { AuditEntry } from '../audit-store.js';
import type { BackupFilter } from '../backup-stores.js';
import type { ContractSubject } from '../contract.js';
import { aBackup, aFailure, aVerifiedEnd, makeVerified } from './backup-samples.js';
import { aService } from './samples.js';

const DAY = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z', '2026-01-03T00:00:00.000Z', '2026-01-04T00:00:00.000Z'] as const;
const entryOf = (subject: string): AuditEntry => ({ actor: 'ada', action: 'backup.hold', subject, detail: {} });
const HOLD = { by: 'ada', reason: 'case 7', at: DAY[0] };

/** Which backups can be chosen, are kept and go. */
export function choosingContract(subject: () => ContractSubject): void {
  const store = () => subject().stores.backups;
  const addressOf = (service: string) => ({ service, environment: 'production', source: 'orders' });
  const idsOf = async (records: Promise<readonly { readonly id: string }[]>) => (await records).map(({ id }) => id);

  describe('choosing a backup', () => {
    it('takes the newest data that was verified', async () => {
      const service = aService();
      const newest = await makeVerified(store(), service, { at: DAY[2] });
      await makeVerified(store(), service, { at: DAY[1] });
      const damaged = await makeVerified(store(), service, { at: DAY[3] });
      await store().verified(damaged.id, { at: DAY[3], damage: [{ file: null, text: 'gone' }] });
      const stored = aBackup(service);
      await store().request(stored);
      await store().record(aFailure(stored, { snapshot: 's', at: DAY[3] }));
      expect((await store().newestVerified(addressOf(service)))?.id).toBe(newest.id);
    });

    it('passes over what was made before a restore: most likely it is what the restore was to put right', async () => {
      const service = aService();
      const made = await makeVerified(store(), service, { at: DAY[0] });
      await makeVerified(store(), service, { at: DAY[1], trigger: 'safety' });
      expect((await store().newestVerified(addressOf(service)))?.id).toBe(made.id);
      expect((await store().kept(addressOf(service))).map(({ trigger }) => trigger)).toEqual(['safety', 'request']);
    });

    it('takes the newest whose data is not newer than asked', async () => {
      const service = aService();
      const [first, second] = [await makeVerified(store(), service, { at: DAY[0] }), await makeVerified(store(), service, { at: DAY[2] })];
      const before = async (at: string) => (await store().newestVerified(addressOf(service), at))?.id;
      expect(await before(DAY[1])).toBe(first.id);
      expect(await before(DAY[2])).toBe(second.id);
      expect(await before('2026-01-03T01:00:00+01:00')).toBe(second.id);
      expect(await before('2025-12-31T00:00:00Z')).toBeUndefined();
    });

    it('keeps sources and environments apart', async () => {
      const service = aService();
      await makeVerified(store(), service);
      expect(await store().newestVerified({ ...addressOf(service), source: 'files' })).toBeUndefined();
      expect(await store().kept({ ...addressOf(service), environment: 'staging' })).toEqual([]);
    });

    it('lists by state, and those that a restore may choose', async () => {
      const service = aService();
      const good = await makeVerified(store(), service);
      const failed = aBackup(service);
      await store().request(failed);
      await store().record(aFailure(failed));
      const ids = async (filter: object) => (await store().list({ service, ...filter }, { limit: 10 })).items.map(({ id }) => id);
      expect(await ids({ state: 'failed' })).toEqual([failed.id]);
      expect(await ids({ usable: true })).toEqual([good.id]);
      expect(await ids({ usable: false })).toEqual([failed.id]);
    });

    it('lists by repository and by the time of the request', async () => {
      const service = aService();
      const [first, second] = [aBackup(service), { ...aBackup(service), repository: 'elsewhere' }];
      for (const backup of [first, second]) await store().request(backup);
      const ids = (filter: Pick<BackupFilter, 'repository' | 'since' | 'until'>) => store().list({ ...addressOf(service), ...filter }, { limit: 10 }).then(({ items }) => items.map(({ id }) => id));
      const requestedAt = (await store().get(first.id))?.requestedAt ?? '';
      const later = new Date(Date.parse(requestedAt) + 60_000).toISOString();
      expect(await ids({ repository: 'elsewhere' })).toEqual([second.id]);
      expect((await ids({ since: requestedAt, until: later })).toSorted()).toEqual([first.id, second.id].toSorted());
      expect([await ids({ since: later }), await ids({ until: requestedAt })]).toEqual([[], []]);
    });

    it('decides about all that have a snapshot, newest data first', async () => {
      const service = aService();
      const old = await makeVerified(store(), service, { at: DAY[0] });
      const stored = aBackup(service);
      await store().request(stored);
      await store().record(aFailure(stored, { snapshot: 's', at: DAY[1] }));
      const [failed, gone] = [aBackup(service), await makeVerified(store(), service, { at: DAY[3] })];
      await store().request(failed);
      await store().record(aFailure(failed));
      await store().letGo([gone.id]);
      const entry = { repository: 'vault', trigger: 'request', requestedAt: expect.any(String), held: false };
      // No more of a row than this: there may be a hundred thousand.
      expect(await store().kept(addressOf(service))).toEqual([
        { ...entry, id: stored.id, state: 'stored', snapshot: 's', at: DAY[1] }, { ...entry, id: old.id, state: 'verified', snapshot: `snapshot-of-${old.id}`, at: DAY[0] },
      ]);
    });
  });

  describe('letting backups go', () => {
    it('takes none that is held, and says which may be deleted', async () => {
      const service = aService();
      const [free, held] = [await makeVerified(store(), service), await makeVerified(store(), service)];
      await store().hold(held.id, HOLD, entryOf(held.id));
      expect((await store().get(held.id))?.hold).toEqual(HOLD);
      expect((await subject().stores.audit.list({ limit: 1 })).items).toMatchObject([{ action: 'backup.hold', subject: held.id }]);
      expect(await store().letGo([held.id, free.id, aBackup(service).id])).toEqual([free.id]);
      expect(await store().letGo([free.id])).toEqual([free.id]);
      await store().hold(held.id, null, entryOf(held.id));
      expect(await store().letGo([held.id])).toEqual([held.id]);
    });

    it('holds nothing that was let go', async () => {
      const { id } = await makeVerified(store(), aService());
      await store().letGo([id]);
      await expect(store().hold(id, HOLD, entryOf(id))).rejects.toMatchObject({ code: 'BACKUP_FORGOTTEN' });
      expect((await subject().stores.audit.list({ limit: 1 })).items[0]?.subject).not.toBe(id);
    });

    it('shows what a run let go and did not delete', async () => {
      const service = aService();
      const [deleted, left] = [await makeVerified(store(), service), await makeVerified(store(), service)];
      await store().letGo([deleted.id, left.id]);
      await store().forgotten([deleted.id]);
      expect(await idsOf(store().lettingGo(addressOf(service)))).toEqual([left.id]);
      await store().forgotten([left.id]);
      expect(await store().lettingGo(addressOf(service))).toEqual([]);
    });

    it('is for good, whatever is said of them later', async () => {
      const service = aService();
      const backup = aBackup(service);
      await store().request(backup);
      await store().record(aVerifiedEnd(backup, { phase: 'retaining', endedAt: null }));
      await store().forgotten([backup.id]);
      await store().record(aVerifiedEnd(backup));
      await store().verified(backup.id, { at: DAY[3], damage: [] });
      expect(await store().get(backup.id)).toMatchObject({ state: 'forgotten', endedAt: expect.any(String) });
      expect(await store().newestVerified(addressOf(service))).toBeUndefined();
    });
  });
}
