import { describe, expect, it } from '@jest/globals';
import type { ContractSubject } from '../contract.js';
import type { IdempotencyClaim, Page, PageRequest } from '../stores.js';
import { aBackup, aDrill, aDrillPlan, aRestore } from './backup-samples.js';
import { aClaim, aService } from './samples.js';

interface Kind {
  readonly request: (service: string, claim?: IdempotencyClaim) => Promise<string>;
  readonly get: (id: string) => Promise<unknown>;
  readonly withdraw: (id: string) => Promise<void>;
  /** The run says its first word. */
  readonly start: (id: string, service: string) => Promise<unknown>;
  readonly list: (service: string, page: PageRequest) => Promise<Page<{ readonly id: string }>>;
  readonly unfinished: (olderThanMs: number) => Promise<readonly { readonly id: string }[]>;
}

/** What backups, restores and drills have in common: they are asked for. */
export function requestContract(subject: () => ContractSubject): void {
  describe.each(['backups', 'restores', 'drills'] as const)('requests of %s', (name) => {
    const kind = () => kindOf(subject(), name);

    it('bind the idempotency key to the row', async () => {
      const [claim, service] = [aClaim(), aService()];
      const id = await kind().request(service, claim);
      expect(await kind().get(id)).toBeDefined();
      await subject().age(31_000);
      expect(await subject().stores.idempotency.begin(claim)).toEqual({ state: 'known', resource: id, answer: null });
    });

    it('are stopped, without a row, when the key stands for another one', async () => {
      const [claim, service] = [aClaim(), aService()];
      const id = await kind().request(service, claim);
      await expect(kind().request(service, claim)).rejects.toMatchObject({ code: 'IDEMPOTENCY_IN_FLIGHT' });
      expect((await kind().list(service, { limit: 5 })).items.map((item) => item.id)).toEqual([id]);
    });

    it('are withdrawn while they never ran, which frees the key', async () => {
      const [claim, service] = [aClaim(), aService()];
      const id = await kind().request(service, claim);
      await kind().withdraw(id);
      expect(await kind().get(id)).toBeUndefined();
      expect(await kind().request(service, claim)).not.toBe(id);
    });

    it('are not withdrawn once they run', async () => {
      const service = aService();
      const id = await kind().request(service);
      await kind().start(id, service);
      await kind().withdraw(id);
      expect(await kind().get(id)).toBeDefined();
    });

    it('are listed newest first, page by page', async () => {
      const service = aService();
      const ids = [await kind().request(service), await kind().request(service), await kind().request(service)].sort().reverse();
      const first = await kind().list(service, { limit: 2 });
      const rest = await kind().list(service, { limit: 2, cursor: first.next ?? '' });
      expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(ids);
      expect(rest.next).toBeNull();
    });

    it('are shown to the sweeper when unfinished for long', async () => {
      const service = aService();
      const old = await kind().request(service);
      await subject().age(60_000);
      const young = await kind().request(service);
      const ids = (await kind().unfinished(30_000)).map(({ id }) => id);
      expect([old, young].map((id) => ids.includes(id))).toEqual([true, false]);
    });
  });

  describe.each(['backups', 'drills'] as const)('requests of %s under a key', (name) => {
    const request = (key: string, claim?: IdempotencyClaim): Promise<string> => {
      const { backups, drills } = subject().stores;
      return name === 'backups' ? backups.request(aBackup(aService(), { key }), claim) : drills.request(aDrill(aService(), { key }), claim);
    };

    it('are the same one', async () => {
      const key = aService();
      const first = await request(key);
      expect(await request(key)).toBe(first);
      expect(await request(`${key}-2`)).not.toBe(first);
    });

    it('are the same one when they come at once', async () => {
      const key = aService();
      expect(new Set(await Promise.all([1, 2, 3, 4].map(() => request(key)))).size).toBe(1);
    });

    it('make an idempotency key stand for the row that is there', async () => {
      const [key, claim] = [aService(), aClaim()];
      const first = await request(key);
      await request(key, claim);
      await subject().age(31_000);
      expect(await subject().stores.idempotency.begin(claim)).toMatchObject({ state: 'known', resource: first });
    });
  });
}

function kindOf({ stores: { backups, restores, drills } }: ContractSubject, name: 'backups' | 'restores' | 'drills'): Kind {
  if (name === 'backups') {
    return {
      request: (service, claim) => backups.request(aBackup(service), claim), get: backups.get, withdraw: backups.withdraw,
      start: (id) => backups.claim(id, 'run-1'), list: (service, page) => backups.list({ service }, page), unfinished: backups.unfinished,
    };
  }
  if (name === 'restores') {
    return {
      request: async (service, claim) => {
        const restore = aRestore(service);
        await restores.request(restore, claim);
        return restore.id;
      },
      get: restores.get, withdraw: restores.withdraw, start: (id) => restores.claim(id, 'run-1'), list: (service, page) => restores.list({ service }, page),
      unfinished: restores.unfinished,
    };
  }
  return {
    request: (service, claim) => drills.request(aDrill(service), claim), get: drills.get, withdraw: drills.withdraw,
    start: (id, service) => drills.open(id, aDrillPlan(service)), list: (service, page) => drills.list({ service }, page), unfinished: drills.unfinished,
  };
}
