import { describe, expect, it } from '@jest/globals';
import { shareDifference } from './share-difference.js';

describe('comparing an instance with its share', () => {
  it('says nothing before the candidate should have got 50 requests', () => {
    expect(shareDifference('a', { stable: 499, candidate: 0 }, 1_000)).toBeUndefined();
  });

  it('says nothing within 4 standard deviations', () => {
    expect(shareDifference('a', { stable: 935, candidate: 65 }, 1_000)).toBeUndefined();
  });

  it('speaks up beyond 4 standard deviations', () => {
    expect(shareDifference('a', { stable: 1_000, candidate: 0 }, 1_000)).toContain('0 of 1000');
  });

  it('allows a few requests that chose stable when the candidate has all', () => {
    expect(shareDifference('a', { stable: 4, candidate: 996 }, 10_000)).toBeUndefined();
  });
});
