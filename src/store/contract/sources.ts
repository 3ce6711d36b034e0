import { describe, expect, it } from '@jest/globals';
import type { ContractSubject } from '../contract.js';
import type { SourceClaim } from '../stores.js';
import { aService } from './samples.js';

export function sourceContract(subject: () => ContractSubject): void {
  const declaredAt = (service: string, { environment, source }: SourceClaim) => subject().stores.sources.declaredAt({ service, environment, source });
  const put = (service: string, sources: readonly SourceClaim[]) => subject().stores.services.put({ service, definition: {}, by: 'ada', entries: [], sources });
  const aSource = (over: Partial<SourceClaim> = {}): SourceClaim => ({ environment: 'production', source: 'orders', place: `/srv/${aService()}`, maxAgeMs: null, ...over });

  describe('declared sources', () => {
    it('are declared since they were first put, whatever changes', async () => {
      const [service, source] = [aService(), aSource()];
      await put(service, [source]);
      const since = await declaredAt(service, source);
      expect(since).toMatch(/^\d{4}-.*Z$/);
      await put(service, [{ ...source, place: `${source.place}-2`, maxAgeMs: 60_000 }, aSource({ source: 'files' })]);
      expect(await declaredAt(service, source)).toBe(since);
    });

    it('are forgotten once they are gone, and one of the same name elsewhere is another', async () => {
      const [service, other, source, files] = [aService(), aService(), aSource(), aSource({ source: 'files' })];
      await put(service, [source]);
      await put(other, [aSource()]);
      await put(service, [{ ...source, environment: 'staging' }, files]);
      expect(await declaredAt(service, source)).toBeUndefined();
      expect(await declaredAt(other, source)).toBeDefined();
      await put(service, []);
      expect(await declaredAt(service, files)).toBeUndefined();
    });

    it('are forgotten with their environment', async () => {
      const [service, source] = [aService(), aSource()];
      await put(service, [source]);
      await subject().stores.services.forget({ service, environment: 'production', definition: null, by: 'ada', expected: 1 });
      expect(await declaredAt(service, source)).toBeUndefined();
    });

    it('are of one installation, always the same', async () => {
      const id = await subject().stores.installation();
      expect(id.length).toBeGreaterThan(20);
      expect(await subject().stores.installation()).toBe(id);
    });
  });
}
