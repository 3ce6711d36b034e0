import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { answered, type Traffic } from '../traffic.js';
import { givenUp } from './given-up.js';

const slot = (headed: number, quit: number, ownErrors = 0): Traffic => answered({ requests: headed + quit + ownErrors, errors: ownErrors, headed, quit, ownErrors });

describe('requests that ended without an answer', () => {
  it('are too many beside a stable that has none', () => {
    expect(givenUp(slot(45, 3, 2), slot(400, 0)).tooMany).toBe(true);
  });

  it('are never too many as long as there are four', () => {
    expect(givenUp(slot(0, 4), slot(400, 0)).tooMany).toBe(false);
  });

  it('are not held against a candidate when stable has as many', () => {
    expect(givenUp(slot(50, 50), slot(200, 200)).tooMany).toBe(false);
  });

  it('without a stable to compare with are too many above one in twenty', () => {
    expect(givenUp(slot(94, 6), undefined).tooMany).toBe(true);
    expect(givenUp(slot(95, 5), slot(10, 0)).tooMany).toBe(false);
  });

  it('are never too many where their share is at most stable’s', () => {
    fc.assert(fc.property(fc.nat(1_000), fc.nat(1_000), fc.nat(1_000), fc.nat(1_000), (headed, quit, theirs, theirQuit) => {
      const noWorse = quit * (theirs + theirQuit) <= theirQuit * (headed + quit);
      return !(noWorse && theirs + theirQuit >= 20 && givenUp(slot(headed, quit), slot(theirs, theirQuit)).tooMany);
    }));
  });
});
