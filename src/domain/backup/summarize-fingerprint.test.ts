import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Fingerprint, FingerprintItem } from './fingerprint.js';
import { summarizeFingerprint } from './summarize-fingerprint.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const table = (rows: number | bigint, sum = '1'): FingerprintItem => ({ kind: 'table', count: String(rows), sum });
const entries = fc.uniqueArray(fc.tuple(fc.string().filter((name) => name !== '__proto__'), fc.bigInt({ min: 0n, max: 2n ** 70n })), { selector: ([name]) => name });
const of = (all: readonly (readonly [string, bigint])[]): Fingerprint => ({ items: Object.fromEntries(all.map(([name, rows]) => [name, table(rows)])), about: {} });

describe('the summary of a fingerprint', () => {
  it('has the same digest whatever the order of the items', () => {
    fc.assert(fc.property(entries, (all) => {
      expect(summarizeFingerprint(of(all), sha256).digest).toBe(summarizeFingerprint(of([...all].reverse()), sha256).digest);
    }));
  });

  it('has another digest when anything of an item differs', () => {
    fc.assert(fc.property(entries, fc.string().filter((name) => name !== '__proto__'), (all, name) => {
      const digests = [table(7), table(8), table(7, '2'), { ...table(7), kind: 'file' as const }]
        .map((item) => summarizeFingerprint({ items: { ...of(all).items, [name]: item }, about: {} }, sha256).digest);
      expect(new Set(digests).size).toBe(digests.length);
    }));
  });

  it('adds the counts up without losing any, and names the biggest', () => {
    fc.assert(fc.property(entries, (all) => {
      const summary = summarizeFingerprint(of(all), sha256);
      expect(BigInt(summary.total)).toBe(all.reduce((sum, [, rows]) => sum + rows, 0n));
      expect(summary.items).toBe(all.length);
      const shown = Object.values(summary.biggest).map(BigInt);
      const hidden = all.filter(([name]) => !Object.hasOwn(summary.biggest, name));
      for (const [, rows] of hidden) expect(shown.every((count) => count >= rows)).toBe(true);
      expect(shown).toHaveLength(Math.min(5, all.length));
    }));
  });

  it('does not count the values of sequences', () => {
    const items: Fingerprint['items'] = { 'public.orders': table(3), 'public.orders_id_seq': { kind: 'sequence', count: '900', sum: '1' } };
    expect(summarizeFingerprint({ items, about: { server: '15.18' } }, sha256)).toMatchObject({ items: 2, total: '3', biggest: { 'public.orders': '3' }, about: { server: '15.18' } });
  });

  it('does not depend on what stands beside the items', () => {
    const digests = ['1', '2'].map((lsn) => summarizeFingerprint({ items: { a: table(1) }, about: { lsn } }, sha256).digest);
    expect(digests[0]).toBe(digests[1]);
  });
});
