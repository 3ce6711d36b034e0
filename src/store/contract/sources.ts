import { describe, expect, it } from '@jest/globals';
import type { OwnedSource } from '../backup-stores.js';
import type { ContractSubject } from '../contract.js';
import { aService } from './samples.js';

export function sourceContract(subject: () => ContractSubject): void {
  const sources = () => subject().stores.sources;
  const aSource = (over: Partial<OwnedSource> = {}): OwnedSource => ({ service: aService(), environment: 'production', source: 'orders', maxAgeMs: null, ...over });

  describe('declared sources', () => {
    it('are declared since they were first seen, whatever changes', async () => {
      const source = aSource();
      await sources().declare({ sources: [source], undecided: [] });
      const since = await sources().declaredAt(source);
      expect(since).toMatch(/^\d{4}-.*Z$/);
      await sources().declare({ sources: [{ ...source, maxAgeMs: 60_000 }, aSource()], undecided: [] });
      expect(await sources().declaredAt(source)).toBe(since);
    });

    it('are forgotten once they are gone, and one of the same name elsewhere is another', async () => {
      const source = aSource();
      await sources().declare({ sources: [source], undecided: [] });
      await sources().declare({ sources: [{ ...source, environment: 'staging' }, { ...source, source: 'files' }], undecided: [] });
      expect(await sources().declaredAt(source)).toBeUndefined();
      await sources().declare({ sources: [], undecided: [] });
      expect(await sources().declaredAt({ ...source, source: 'files' })).toBeUndefined();
    });

    it('stay where nobody can tell what is declared', async () => {
      const source = aSource();
      const { service, environment } = source;
      await sources().declare({ sources: [source], undecided: [] });
      const since = await sources().declaredAt(source);
      await sources().declare({ sources: [], undecided: [{ service, environment: 'staging' }, { service, environment }] });
      expect(await sources().declaredAt(source)).toBe(since);
    });

    it('may be declared by several at once', async () => {
      const [one, other] = [aSource(), aSource()];
      await Promise.all(Array.from({ length: 8 }, (_, n) => sources().declare({ sources: n % 2 === 0 ? [one, other] : [other, one], undecided: [] })));
      expect([await sources().declaredAt(one), await sources().declaredAt(other)]).toEqual([expect.any(String), expect.any(String)]);
    });
  });
}
