import { describe, expect, it } from '@jest/globals';
import type { ContractSubject } from '../contract.js';
import { aService } from './samples.js';

export function auditContract(subject: () => ContractSubject): void {
  const audit = () => subject().stores.audit;
  const entry = (subjectName: string) => ({ actor: 'ada', action: 'service.put', subject: subjectName, detail: { zebra: 1.5, a: ['x', null], odd: 'a\u0000' } });

  describe('audit', () => {
    it('chains each row to the one before', async () => {
      const first = await audit().append(entry('services/a'));
      const second = await audit().append(entry('services/b'));
      expect(second.previous).toBe(first.hash);
      expect(await audit().verify()).toEqual({ rows: second.sequence, brokenAt: null });
    });

    it('stays one chain when many append at once', async () => {
      const rows = await Promise.all(Array.from({ length: 10 }, (_, n) => audit().append(entry(`services/${n}`))));
      expect(new Set(rows.map((row) => row.previous)).size).toBe(10);
      expect((await audit().verify()).brokenAt).toBeNull();
    });

    it('appends the same key once', async () => {
      const key = aService();
      const first = await audit().append({ ...entry('services/a'), key });
      expect(await audit().append({ ...entry('services/a'), key })).toEqual(first);
    });

    it('lists newest first', async () => {
      const row = await audit().append(entry('services/last'));
      const page = await audit().list({ limit: 1 });
      expect(page.items).toEqual([row]);
      expect((await audit().list({ limit: 1, cursor: page.next ?? '' })).items[0]?.sequence).toBe(row.sequence - 1);
    });
  });
}
