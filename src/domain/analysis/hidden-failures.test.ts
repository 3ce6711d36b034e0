import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { attemptsOf, hiddenFailures, hiddenInExcess } from './hidden-failures.js';
import { NO_TRAFFIC, type Traffic } from './traffic.js';

/** What a router counts of requests by how each of them went: failed attempts before a good one, failed attempts until the router gave up, or a client that left. */
interface Course {
  readonly retriesThenGood: readonly number[];
  readonly triesThenFailed: readonly number[];
  readonly quit: number;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

function counted({ retriesThenGood, triesThenFailed, quit }: Course): Traffic {
  const good = retriesThenGood.length;
  const failed = triesThenFailed.length;
  return {
    ...NO_TRAFFIC,
    requests: good + failed + quit, begun: good + failed + quit, headed: good, errors: failed, ownErrors: failed, quit,
    attempts: sum(retriesThenGood) + good + sum(triesThenFailed) + quit,
    failedAttempts: sum(retriesThenGood) + sum(triesThenFailed) + quit,
  };
}

const course: fc.Arbitrary<Course> = fc.record({
  retriesThenGood: fc.array(fc.nat(3), { maxLength: 60 }), triesThenFailed: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 20 }), quit: fc.nat(20),
});

describe('failures that retries hide', () => {
  it('and those that clients saw are together the attempts that failed, each once, without clients that left', () => {
    fc.assert(fc.property(course, (one) => {
      const traffic = counted(one);
      return hiddenFailures(attemptsOf(traffic)) + traffic.errors === sum(one.retriesThenGood) + sum(one.triesThenFailed);
    }));
  });

  it('count in full where nothing is known of stable', () => {
    const hidden = attemptsOf(counted({ retriesThenGood: [1, 1, 0, 2], triesThenFailed: [], quit: 0 }));
    expect(hiddenInExcess(hidden, { attempts: 0, unseen: 0 })).toBe(4);
    expect(hiddenInExcess(hidden, { attempts: 1_000, unseen: 0 })).toBe(4);
  });

  it('are not held against a candidate whose share is at most stable’s', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 20, max: 100_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempts, theirs, share) => (
      hiddenInExcess({ attempts, unseen: Math.floor(attempts * share) }, { attempts: theirs, unseen: Math.ceil(theirs * share) }) === 0
    )));
  });

  it('are never more in excess than there are', () => {
    fc.assert(fc.property(fc.nat(500), fc.nat(500), fc.nat(1_000), fc.nat(1_000), (good, unseen, theirGood, theirs) => {
      const stable = { attempts: theirGood + theirs, unseen: theirs };
      const excess = hiddenInExcess({ attempts: good + unseen, unseen }, stable);
      expect(excess).toBeGreaterThanOrEqual(0);
      expect(excess).toBeLessThanOrEqual(unseen);
    }));
  });
});
