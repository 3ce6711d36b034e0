import { describe, expect, it } from '@jest/globals';
import { keepTrying } from './keep-trying.js';

describe('keepTrying', () => {
  it('goes on until it works once, waiting longer each time up to a limit', async () => {
    const waits: number[] = [];
    let tries = 0;
    const work = async (): Promise<void> => {
      tries += 1;
      if (tries < 5) throw new Error('not yet');
    };
    const worked = await keepTrying(work, { firstMs: 1, longestMs: 4, onFailure: (_, nextInMs) => void waits.push(nextInMs), signal: new AbortController().signal });
    expect([worked, tries, waits]).toEqual([true, 5, [1, 2, 4, 4]]);
  });

  it('stops when it is told to, also in the middle of a wait', async () => {
    const stopping = new AbortController();
    const worked = await keepTrying(() => Promise.reject(new Error('never')), { firstMs: 60_000, longestMs: 60_000, onFailure: () => stopping.abort(), signal: stopping.signal });
    expect(worked).toBe(false);
  });
});
