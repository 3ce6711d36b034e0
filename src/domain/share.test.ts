import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatShare, parsePercent, WHOLE } from './share.js';

describe('a percentage', () => {
  it('reads back every basis point that it tells', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: WHOLE }), (share) => expect(parsePercent(formatShare(share).replace(' ', ''))).toBe(share)));
  });

  it.each(['', '5', '%', '5 %', '-1%', '100.01%', '101%', '0.005%', '1e1%', '5,5%', '.5%', '5%%', 'NaN%', '5%\n'])('is not read from "%s"', (text) => {
    expect(parsePercent(text)).toBeUndefined();
  });

  it('keeps the order of what is written', () => {
    const shares = fc.integer({ min: 0, max: WHOLE });
    fc.assert(fc.property(shares, shares, (a, b) => expect((parsePercent(`${a / 100}%`) ?? -1) < (parsePercent(`${b / 100}%`) ?? -1)).toBe(a < b)));
  });
});
