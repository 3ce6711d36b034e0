import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareFingerprints, deltaOf } from './compare-fingerprints.js';
import type { Fingerprint, FingerprintItem } from './fingerprint.js';

const count = fc.option(fc.bigInt({ min: 0n, max: 2n ** 80n }).map(String), { nil: null });
const item: fc.Arbitrary<FingerprintItem> = fc.record({
  kind: fc.constantFrom('table' as const, 'file' as const, 'link' as const, 'folder' as const, 'large-objects' as const, 'sequence' as const),
  count, sum: fc.option(fc.bigInt().map(String), { nil: null }),
});
const fingerprint: fc.Arbitrary<Fingerprint> = fc.record({
  items: fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('constructor', '__proto__', 'public.orders')), item),
  about: fc.constant({}),
});
const of = (items: Record<string, FingerprintItem>, about: Fingerprint['about'] = {}): Fingerprint => ({ items, about });
const table = (rows: number, sum = '1'): FingerprintItem => ({ kind: 'table', count: String(rows), sum });
const sequence = (value: string, step = '1'): FingerprintItem => ({ kind: 'sequence', count: value, sum: step });

describe('comparing fingerprints', () => {
  it('finds nothing between a fingerprint and itself', () => {
    fc.assert(fc.property(fingerprint, (one) => {
      expect(compareFingerprints(one, structuredClone(one))).toEqual([]);
      expect(deltaOf(one, structuredClone(one))).toEqual([]);
    }));
  });

  it('names every item that was added, lost or changed, and no other', () => {
    fc.assert(fc.property(fingerprint, fingerprint, (recorded, found) => {
      const named = compareFingerprints(recorded, found).map((difference) => difference.item);
      const names = new Set([...Object.keys(recorded.items), ...Object.keys(found.items)]);
      const lostOrAdded = [...names].filter((name) => Object.hasOwn(recorded.items, name) !== Object.hasOwn(found.items, name));
      expect(named).toEqual(expect.arrayContaining(lostOrAdded));
      expect(new Set(named).size).toBe(named.length);
      for (const name of named) expect(names).toContain(name);
    }));
  });

  it('names an item whose count or content changed', () => {
    fc.assert(fc.property(fingerprint, fc.string(), fc.nat(), (one, name, rows) => {
      const recorded = of({ ...one.items, [name]: table(rows) });
      const more = of({ ...one.items, [name]: table(rows + 1) });
      const other = of({ ...one.items, [name]: table(rows, '2') });
      expect(compareFingerprints(recorded, more).map((difference) => difference.item)).toEqual([name]);
      expect(compareFingerprints(recorded, other).map((difference) => difference.item)).toEqual([name]);
    }));
  });

  it('takes a sequence that is ahead as equal, and never one that is behind', () => {
    fc.assert(fc.property(fc.bigInt(), fc.bigInt(), (was, is) => {
      const differences = compareFingerprints(of({ s: sequence(String(was)) }), of({ s: sequence(String(is)) }));
      expect(differences.length === 0).toBe(is >= was);
    }));
  });

  it('knows that a sequence with a negative step is ahead when it is lower', () => {
    expect(compareFingerprints(of({ s: sequence('-4', '-2') }), of({ s: sequence('-6', '-2') }))).toEqual([]);
    expect(compareFingerprints(of({ s: sequence('-4', '-2') }), of({ s: sequence('-2', '-2') }))).toHaveLength(1);
  });

  it('names a sequence with another step', () => {
    expect(compareFingerprints(of({ s: sequence('4') }), of({ s: sequence('4', '2') }))).toHaveLength(1);
  });

  it('says what was recorded and what was found', () => {
    const [difference] = compareFingerprints(of({ 'public.orders': table(120) }), of({ 'public.orders': table(118) }));
    expect(difference).toEqual({ item: 'public.orders', recorded: table(120), found: table(118), text: 'public.orders: 118 rows, recorded were 120' });
  });

  it('names constraints that are no longer enforced', () => {
    const about = (valid: number, notValid: number) => of({}, { constraints: { valid, notValid } });
    expect(compareFingerprints(about(3, 0), about(2, 1)).map((difference) => difference.item)).toEqual(['constraints']);
    expect(compareFingerprints(about(3, 0), about(3, 0))).toEqual([]);
  });
});

describe('the delta between copy and live', () => {
  it('shows both counts', () => {
    expect(deltaOf(of({ 'public.orders': table(120) }), of({ 'public.orders': table(131) }))).toEqual(['public.orders: 120 in the copy, 131 live']);
  });

  it('tells the same number of rows with other content from equal ones', () => {
    expect(deltaOf(of({ a: table(2, '1'), b: table(2) }), of({ a: table(2, '7'), b: table(2) }))).toEqual(['a: 2 rows in both, of different content']);
  });

  it('names what only one side has', () => {
    expect(deltaOf(of({ a: table(1) }), of({ b: table(2) }))).toEqual(['a: 1 rows in the copy, not there live', 'b: not there in the copy, 2 rows live']);
  });

  it('names a sequence that is ahead live', () => {
    expect(deltaOf(of({ s: sequence('3') }), of({ s: sequence('9') }))).toEqual(['s: 3 in the copy, 9 live']);
  });
});

describe('who may do what with a file', () => {
  const file = (access: Pick<FingerprintItem, 'mode' | 'owner'>) => of({ 'a.txt': { kind: 'file', count: '3', sum: 'abc', ...access } });

  it.each([
    ['mode', { mode: '0644', owner: '33:33' }, { mode: '0600', owner: '33:33' }, 'a.txt: mode 0600, recorded was 0644'],
    ['owner', { mode: '0644', owner: '33:33' }, { mode: '0644', owner: '0:0' }, 'a.txt: owner 0:0, recorded was 33:33'],
  ])('differs by %s though its content is equal', (_, recorded, found, text) => {
    expect(compareFingerprints(file(recorded), file(found)).map((difference) => difference.text)).toEqual([text]);
    expect(deltaOf(file(recorded), file(found))).toHaveLength(1);
  });

  it('is not compared where it was not recorded', () => {
    expect(compareFingerprints(file({}), file({ mode: '0600', owner: '33:33' }))).toEqual([]);
    expect(compareFingerprints(file({ mode: '0644', owner: '33:33' }), file({ mode: '0644' }))).toEqual([]);
    expect(deltaOf(file({}), file({ mode: '0600' }))).toEqual([]);
  });
});
