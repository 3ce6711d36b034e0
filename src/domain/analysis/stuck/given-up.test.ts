import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { answered, type Traffic } from '../traffic.js';
import { addSecond, givenUp as givenUpIn, type SecondsGivenUp } from './given-up.js';

const slot = (headed: number, quit: number, ownErrors = 0): Traffic => answered({ requests: headed + quit + ownErrors, errors: ownErrors, headed, quit, ownErrors });

const givenUp = (candidate: Traffic, stable: Traffic | undefined, inSeconds = 3) => givenUpIn(candidate, stable, inSeconds);

describe('requests that ended without an answer', () => {
  it('are too many beside a stable that has none', () => {
    expect(givenUp(slot(45, 3, 2), slot(400, 0)).tooMany).toBe(true);
  });

  it('are not too many where all ended within two seconds, as by a user who reloads', () => {
    expect(givenUp(slot(6, 6), slot(400, 0), 2).tooMany).toBe(false);
  });

  it('are counted by the second, however fast the readings follow each other', () => {
    const seconds = (...at: readonly number[]) => at.reduce<SecondsGivenUp | undefined>((before, ms) => addSecond(before, slot(1, 1), ms), undefined)?.count;
    expect(seconds(0, 100, 200, 300, 400, 500)).toBe(1);
    expect(seconds(0, 1_000, 1_950)).toBe(3);
    expect(addSecond(undefined, slot(5, 0), 0)).toBeUndefined();
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
