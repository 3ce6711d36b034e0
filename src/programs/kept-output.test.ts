import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { keepOutput } from './kept-output.js';

const chunks = fc.array(fc.string({ maxLength: 20 }).map((text) => text.replaceAll(/[^ -~]/g, 'x')), { maxLength: 20 });

describe('kept output', () => {
  it('is the whole output as long as that fits', () => {
    fc.assert(fc.property(chunks, (parts) => {
      const kept = keepOutput(500);
      for (const part of parts) kept.add(Buffer.from(part));
      expect([kept.text(), kept.cut]).toEqual([parts.join(''), false]);
    }));
  });

  it('begins and ends as the output does when that is longer, however it was cut into pieces', () => {
    fc.assert(fc.property(chunks, fc.integer({ min: 2, max: 60 }), (parts, limit) => {
      const kept = keepOutput(limit);
      for (const part of parts) kept.add(Buffer.from(part));
      const whole = parts.join('');
      expect(kept.cut).toBe(whole.length > limit);
      expect(kept.text().startsWith(whole.slice(0, Math.ceil(limit / 2)))).toBe(true);
      expect(kept.text().endsWith(whole.slice(-Math.floor(limit / 2)))).toBe(true);
      expect(kept.text().length).toBeLessThan(limit + 40);
    }));
  });
});
