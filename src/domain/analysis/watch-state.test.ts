import { describe, expect, it } from '@jest/globals';
import { BEGIN, bothWell, counts, watched } from '../../../test/support/watched.js';
import { watchInput } from '../../../test/support/watch-input.js';
import type { WatchProgress } from '../deployment/watching.js';
import { progressOf, startWatch } from './watch-state.js';

const input = watchInput();
const before = watched(input, [...bothWell(0), ...Array.from({ length: 29 }, (_, n) => counts(n * 1_000, { requests: 1, errors: 0 }))]).state;

describe('an attempt after one', () => {
  it('goes on with its bake', () => {
    expect(startWatch(input, progressOf(before), BEGIN)).toMatchObject({ bakedMs: before.bakedMs, samples: 29 });
  });

  it('of another release begins its bake anew, and takes nothing that was forgotten for nobody having come', () => {
    const old: WatchProgress = { ...progressOf(before), counters: { ...before.seen, form: 1 } };
    const again = startWatch(input, old, BEGIN + 30_000);
    expect(again).toMatchObject({ shifted: true, bakedMs: 0, samples: 0, failures: {} });
    const quiet = [...bothWell(30_000), counts(30_000, { requests: 0, errors: 0 }), counts(31_500, { requests: 0, errors: 0 })];
    expect(watched(input, quiet, again).decision.kind).toBe('go-on');
  });
});
