import { describe, expect, it } from '@jest/globals';
import { knownHint, nearest } from './nearest.js';

describe('nearest', () => {
  it('finds what was probably meant', () => {
    expect(nearest('keepWrm', ['keepWarm', 'launch'])).toBe('keepWarm');
  });

  it('does not mind upper and lower case', () => {
    expect(nearest('KEEPWARM', ['launch', 'keepWarm'])).toBe('keepWarm');
  });

  it('guesses nothing when no word is near', () => {
    expect(nearest('xyzzy', ['keepWarm', 'launch'])).toBeUndefined();
  });

  it('lists what is known when it cannot guess', () => {
    expect(knownHint('xyzzy', ['gate'])).toEqual({ hint: 'known: gate' });
  });

  it('says nothing when nothing is known', () => {
    expect(knownHint('xyzzy', [])).toEqual({});
  });
});
