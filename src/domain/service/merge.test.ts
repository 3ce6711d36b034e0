import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Json, JsonObject } from '../json.js';
import { differenceOf } from './difference.js';
import { merge } from './merge.js';

const key = fc.constantFrom('a', 'b', 'c');
const { object } = fc.letrec<{ object: JsonObject; value: Json }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, fc.integer(), fc.constant(null), fc.array(fc.integer(), { maxLength: 2 }), tie('object')),
  object: fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
}));

describe('merge', () => {
  it('merges objects by key', () => {
    expect(merge({ a: { b: 1, c: 2 } }, { a: { c: 3, d: 4 } })).toEqual({ a: { b: 1, c: 3, d: 4 } });
  });

  it('replaces lists', () => {
    expect(merge({ a: [1, 2] }, { a: [3] })).toEqual({ a: [3] });
  });

  it('removes by null, also where nothing was inherited', () => {
    expect(merge({ a: 1, b: 2 }, { a: null, c: { d: null } })).toEqual({ b: 2, c: {} });
  });

  it('says the same when the same is laid on twice', () => {
    fc.assert(fc.property(object, object, (base, over) => {
      expect(merge(merge(base, over), over)).toEqual(merge(base, over));
    }));
  });

  it('leaves no null outside lists', () => {
    fc.assert(fc.property(object, object, (base, over) => {
      expect(JSON.stringify(merge(base, over))).not.toContain('null');
    }));
  });

  it('changes neither side', () => {
    fc.assert(fc.property(object, object, (base, over) => {
      const before = JSON.stringify([base, over]);
      merge(base, over);
      expect(JSON.stringify([base, over])).toBe(before);
    }));
  });
});

describe('differenceOf', () => {
  it('names the place and both sides', () => {
    expect(differenceOf({ a: { 'b/c': 1 }, s: [1, 2] }, { a: { 'b/c': 2 }, s: [1], n: null })).toEqual([
      { path: '/a/b~1c', before: 1, after: 2 },
      { path: '/n', after: null },
      { path: '/s/1', before: 2 },
    ]);
  });

  it('does not mind the order of keys', () => {
    expect(differenceOf({ a: 1, b: 2 }, { b: 2, a: 1 })).toEqual([]);
  });

  it('is empty exactly when both are the same', () => {
    fc.assert(fc.property(object, object, (a, b) => {
      expect(differenceOf(a, a)).toEqual([]);
      expect(differenceOf(a, b).length).toBe(differenceOf(b, a).length);
    }));
  });
});
