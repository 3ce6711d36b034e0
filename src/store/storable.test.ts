import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { storable } from './storable.js';

describe('storable', () => {
  it('leaves JSON without odd characters as it is', () => {
    fc.assert(fc.property(fc.jsonValue({ stringUnit: fc.constantFrom('a', 'ä', '\u{1F600}', '\\', '"', 'u0000') }), (value) => {
      expect(storable(value)).toEqual(JSON.parse(JSON.stringify(value)));
    }));
  });

  it('leaves nothing that PostgreSQL refuses, in values or keys', () => {
    fc.assert(fc.property(fc.jsonValue({ stringUnit: fc.constantFrom('\0', '\uD800', '\uDFFF', 'a', '\\') }), (value) => {
      const text = JSON.stringify(storable(value)).replaceAll('\\\\', '');
      expect(text).not.toMatch(/\\u0000|\\ud[89a-f]/i);
    }));
  });

  it('drops undefined keys as storage does', () => {
    expect(Object.keys(storable({ a: undefined, b: 1 }))).toEqual(['b']);
  });
});
