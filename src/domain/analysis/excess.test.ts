import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { excessOf, excessShare } from './excess.js';
import type { Part } from './proportions.js';

const BOUNDS = { leastHeads: 20, above: 5_000 };
const part = (hits: number, of: number): Part => ({ hits, of });
const parts = fc.integer({ min: 0, max: 2_000 }).chain((of) => fc.integer({ min: 0, max: of }).map((hits) => part(hits, of)));

describe('an excess over stable', () => {
  it.each([
    ['far above and not by chance', part(20, 20), part(10, 400), 'excess'],
    ['exactly at the bound', part(120, 200), part(20, 200), 'none'],
    ['far above of too few', part(19, 19), part(10, 400), 'few'],
    ['far above a stable that has had too few', part(300, 300), part(0, 19), 'few'],
    ['above, as chance may have it', part(13, 20), part(2, 20), 'none'],
    ['above, but by less than the bound', part(500, 1_000), part(100, 1_000), 'none'],
    ['where nothing ever fails', part(0, 500), part(0, 500), 'none'],
    ['where everything fails in both', part(500, 500), part(500, 500), 'none'],
  ])('%s', (_, candidate, stable, expected) => {
    expect(excessOf(candidate, stable, BOUNDS)).toBe(expected);
  });

  it('is never found in a candidate that is no worse than stable, nor in one that is not compared', () => {
    fc.assert(fc.property(parts, parts, (candidate, stable) => {
      const found = excessOf(candidate, stable, BOUNDS);
      if (excessShare(candidate, stable) <= BOUNDS.above) expect(found).not.toBe('excess');
      expect(found === 'few').toBe(candidate.of < BOUNDS.leastHeads || stable.of < BOUNDS.leastHeads);
    }));
  });

  it('stays one when more of the candidate’s fail', () => {
    fc.assert(fc.property(parts, parts, fc.integer({ min: 0, max: 500 }), (candidate, stable, more) => {
      const worse = part(Math.min(candidate.of, candidate.hits + more), candidate.of);
      if (excessOf(candidate, stable, BOUNDS) === 'excess') expect(excessOf(worse, stable, BOUNDS)).toBe('excess');
    }));
  });
});
