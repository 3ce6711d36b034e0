import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { runNames } from './run-names.js';

const RUN = '01JAAAAAAAAAAAAAAAAAAAAAAA';
const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => Buffer.byteLength(text) <= 63 && !text.includes('\0'));

describe('the names of the databases of a run', () => {
  it('are never cut off by PostgreSQL, and differ from each other and from the live one', () => {
    fc.assert(fc.property(name, (live) => {
      const names = Object.values(runNames(live, RUN));
      for (const one of names) expect(Buffer.byteLength(one)).toBeLessThanOrEqual(63);
      expect(new Set(names).size).toBe(4);
    }));
  });

  it('are whole text, wherever a long name is cut', () => {
    fc.assert(fc.property(name, (live) => {
      const { copy } = runNames(live, RUN);
      expect(Buffer.from(copy).toString()).toBe(copy);
      expect(live.startsWith(copy.slice(0, copy.lastIndexOf('_copy_')))).toBe(true);
    }));
  });

  it('say what they are', () => {
    expect(runNames('shop', RUN)).toEqual({
      live: 'shop', filling: 'shop_fill_01jaaaaaaaaaaaaaaaaaaaaaaa', copy: 'shop_copy_01jaaaaaaaaaaaaaaaaaaaaaaa', old: 'shop_old_01jaaaaaaaaaaaaaaaaaaaaaaa',
    });
  });
});
