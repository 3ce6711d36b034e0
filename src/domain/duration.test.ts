import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatDuration, parseDuration } from './duration.js';

const LONGEST_MS = 24 * 86_400_000;

describe('a duration', () => {
  it.each([['500ms', 500], ['1.5s', 1_500], ['10m', 600_000], ['4h', 14_400_000], ['2d', 172_800_000], ['0s', 0], ['24d', LONGEST_MS]])('%s is %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '5', 's', '5 s', '5 parsecs', '-1s', '+1s', '1e3s', '.5s', '5.s', '1h30m', '5S', '25d', '99999999999999999999h', ' 5s', '5s\n'])('is not read from "%s"', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it('is a whole number of ms within the limit, or nothing', () => {
    const texts = fc.oneof(fc.string(), fc.tuple(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.constantFrom('ms', 's', 'm', 'h', 'd', 'w')).map(([n, unit]) => `${n}${unit}`));
    fc.assert(fc.property(texts, (text) => {
      const ms = parseDuration(text);
      if (ms !== undefined) expect(Number.isInteger(ms) && ms >= 0 && ms <= LONGEST_MS).toBe(true);
    }));
  });

  it('is told so that it reads back within a twentieth', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: LONGEST_MS }), (ms) => {
      const back = parseDuration(formatDuration(ms)) ?? Number.NaN;
      expect(Math.abs(back - ms)).toBeLessThanOrEqual(ms / 20);
    }));
  });

  it('is told in the largest unit that fits', () => {
    expect([450, 1_500, 90_000, 14_400_000, 172_800_000].map(formatDuration)).toEqual(['450ms', '1.5s', '1.5m', '4h', '2d']);
  });
});
