import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fillPlaceholders, fillQuery, placeholdersIn } from './placeholders.js';

describe('placeholders', () => {
  it('are filled in wherever they stand', () => {
    expect(fillPlaceholders('--name=${service}-${slot}', { service: 'checkout', slot: 'blue' })).toBe('--name=checkout-blue');
  });

  it('are escaped by a second dollar', () => {
    expect(fillPlaceholders('$${slot} ${slot}', { slot: 'blue' })).toBe('${slot} blue');
  });

  it('leave a dollar that opens nothing as it is', () => {
    expect(fillPlaceholders('rate(x[1m]) $ $$ $x {a}', {})).toBe('rate(x[1m]) $ $$ $x {a}');
  });

  it.each(['${slto}', '${}', '${slot', '${constructor}'])('refuse %s', (text) => {
    expect(() => fillPlaceholders(text, { slot: 'blue' })).toThrow(expect.objectContaining({ code: 'DEFINITION_INVALID' }));
  });

  it('refuse a known name without a value', () => {
    expect(() => fillPlaceholders('${port}', { slot: 'blue' })).toThrow(expect.objectContaining({ code: 'DEFINITION_INVALID' }));
  });

  it('are listed with unknown ones and without escaped ones', () => {
    expect(placeholdersIn('${slot} $${version} ${nope} ${')).toEqual(['slot', 'nope', '']);
  });

  it('are not looked for in what was filled in', () => {
    expect(fillPlaceholders('${version}', { version: '${slot}', slot: 'blue' })).toBe('${slot}');
  });

  it('never change a text whose dollars are all escaped', () => {
    fc.assert(fc.property(fc.string(), (text) => {
      expect(fillPlaceholders(text.replaceAll('${', () => '$${'), {}).replaceAll('$', '')).toBe(text.replaceAll('$', ''));
    }));
  });
});

describe('a query', () => {
  it('takes plain values as they are', () => {
    expect(fillQuery('up{version="${version}"}', { version: 'v1.2-rc/3' })).toBe('up{version="v1.2-rc/3"}');
  });

  it('never lets a value end the string it stands in', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (version) => {
      const filled = fillQuery('${version}', { version });
      expect(filled.replaceAll(/\\x[0-9a-f]{2}/g, '')).not.toMatch(/[\\"'`\n\r]/);
    }));
  });
});
