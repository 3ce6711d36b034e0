import { describe, expect, it } from '@jest/globals';
import { secondsToStuck } from '../../../../test/support/seconds-to-stuck.js';
import { HANG_TRACES, SOUND_TRACES } from '../../../../test/support/stuck-traces.js';

const seeds = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n + 1);

describe('requests that get no answer', () => {
  it.each(HANG_TRACES)('are found: $name', (trace) => {
    const found = seeds(6).map((seed) => secondsToStuck(trace, seed));
    expect(Math.max(...found.map((one) => one?.sinceFirst ?? Infinity))).toBeLessThanOrEqual(trace.bound);
    const median = found.map((one) => one?.seconds ?? Infinity).toSorted((a, b) => a - b)[3] ?? Infinity;
    expect(median).toBeLessThanOrEqual(2 * trace.measured);
  });
});

describe('requests that take their time', () => {
  it.each(SOUND_TRACES)('are no fault: $name', (trace) => {
    expect(seeds(3).map((seed) => secondsToStuck(trace, seed))).toEqual([undefined, undefined, undefined]);
  });
});
