import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NO_GENERATION } from './entry.js';
import { generationOf, mayReplace, parseGeneration } from './generation.js';

const deployments = fc.constantFrom('A', 'B', 'C');
const numbers = fc.integer({ min: 0, max: 50 });
const generations = fc.tuple(deployments, numbers).map(([deployment, n]) => generationOf(deployment, n));

describe('a generation', () => {
  it('comes back as its deployment and number', () => {
    fc.assert(fc.property(deployments, numbers, (deployment, n) => expect(parseGeneration(generationOf(deployment, n))).toEqual({ deployment, n })));
  });

  it.each([NO_GENERATION, '', 'A', 'A.', '.1', 'A.1.2', 'A.-1', 'A.1x'])('is not read from "%s"', (text) => {
    expect(parseGeneration(text)).toBeUndefined();
  });
});

describe('mayReplace', () => {
  it('lets a deployment write over what it found, and over its own earlier shifts', () => {
    expect(mayReplace('A.7', 'B.1', 'A.7')).toBe(true);
    expect(mayReplace('B.1', 'B.2', 'A.7')).toBe(true);
  });

  it('never lets two generations replace each other, the found one aside', () => {
    fc.assert(fc.property(generations, generations, (a, b) => expect(mayReplace(a, b, 'Z.0') && mayReplace(b, a, 'Z.0')).toBe(false)));
  });

  it('never lets a stalled writer replace a later shift of its own deployment', () => {
    fc.assert(fc.property(deployments, numbers, numbers, (deployment, a, b) => {
      const [older, newer] = a < b ? [a, b] : [b, a];
      expect(mayReplace(generationOf(deployment, newer), generationOf(deployment, older), 'Z.0')).toBe(false);
    }));
  });

  it('never lets a deployment replace one that it did not find', () => {
    fc.assert(fc.property(numbers, numbers, generations, (n, m, base) => {
      fc.pre(base !== generationOf('X', m));
      expect(mayReplace(generationOf('X', m), generationOf('Y', n), base)).toBe(false);
    }));
  });
});
