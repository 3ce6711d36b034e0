import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NO_GENERATION } from './entry.js';
import { isFromBefore, mayWrite } from './fence.js';
import { generationOf } from './generation.js';

const deployments = fc.constantFrom('A', 'B', 'C');
const numbers = fc.integer({ min: 1, max: 9 });
const generations = fc.tuple(deployments, numbers).map(([deployment, n]) => generationOf(deployment, n));

describe('mayWrite', () => {
  it('lets a deployment work on what it found, and on its own shifts up to the newest it knows of', () => {
    expect(['A.7', 'B.1', 'B.3'].map((current) => mayWrite(current, { generation: 'B.3', base: 'A.7' }))).toEqual([true, true, true]);
  });

  it('refuses whatever began before a later shift of the same deployment', () => {
    fc.assert(fc.property(deployments, numbers, numbers, (deployment, a, b) => {
      fc.pre(a < b);
      expect(mayWrite(generationOf(deployment, b), { generation: generationOf(deployment, a), base: 'Z.0' })).toBe(false);
    }));
  });

  it('refuses whatever another deployment has written over', () => {
    fc.assert(fc.property(generations, generations, (current, generation) => {
      fc.pre(current.split('.')[0] !== generation.split('.')[0]);
      expect(mayWrite(current, { generation, base: 'Z.0' })).toBe(false);
    }));
  });

  it('never lets the writers of two deployments work side by side, once either has written', () => {
    fc.assert(fc.property(numbers, numbers, (n, m) => {
      const [mine, yours] = [{ generation: generationOf('A', n), base: 'Z.0' }, { generation: generationOf('B', m), base: 'Z.0' }];
      expect(mayWrite(mine.generation, yours) || mayWrite(yours.generation, mine)).toBe(false);
    }));
  });

  it('keeps nobody out of an instance that lost its entry', () => {
    expect(mayWrite(NO_GENERATION, { generation: 'B.3', base: 'A.7' })).toBe(true);
  });

  it('refuses beside an entry that somebody wrote by hand', () => {
    expect(mayWrite('by-hand', { generation: 'B.3', base: 'A.7' })).toBe(false);
  });
});

describe('an entry from before', () => {
  const [OLDER, OWN, YOUNGER] = ['01JA0000000000000000000000', '01JB0000000000000000000000', '01JC0000000000000000000000'];

  it.each([NO_GENERATION, `${OLDER}.9`, `${OWN}.3`])('is one that this deployment has written over: %s', (current) => {
    expect(isFromBefore(current, `${OWN}.4`)).toBe(true);
  });

  it.each([`${OWN}.4`, `${OWN}.5`, `${YOUNGER}.1`, 'by-hand.1', '0-by-hand.1', 'by-hand'])('is none that came after it, or that a person wrote: %s', (current) => {
    expect(isFromBefore(current, `${OWN}.4`)).toBe(false);
  });
});
