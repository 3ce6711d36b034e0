import { describe, expect, it } from '@jest/globals';
import { type Chance, logNormal, type Outcome, second, seeded } from '../../../test/support/simulated-traffic.js';
import { BEGIN, bothWell } from '../../../test/support/watched.js';
import { watchInput } from '../../../test/support/watch-input.js';
import { endOfWatch } from './end-of-watch.js';
import { onSample } from './on-sample.js';
import { NO_LOAD } from './traffic.js';
import { startWatch } from './watch-state.js';

const RUNS = 25;
const SECONDS = 300;
const INPUT = watchInput({ bakeMs: null, analysis: { metrics: {}, windowMs: 60_000 } });

interface World {
  readonly perSecond: { readonly candidate: number; readonly stable: number };
  /** Called once for each run, so that users may differ from run to run. `n`: the how-manieth of the slot. */
  arrange(chance: Chance): Readonly<Record<'candidate' | 'stable', (n: number) => Outcome>>;
}

/** @returns after how many seconds the comparison ended each run; undefined: not within five minutes */
function ends(world: World): (number | undefined)[] {
  return Array.from({ length: RUNS }, (_, run) => endOf(world, seeded(run + 1)));
}

function endOf({ perSecond, arrange }: World, chance: Chance): number | undefined {
  const outcomes = arrange(chance);
  const counted = { candidate: 0, stable: 0 };
  const slot = (role: 'candidate' | 'stable') => ({ ...second(chance, perSecond[role], () => outcomes[role]((counted[role] += 1))), load: NO_LOAD });
  let state = onSample(startWatch(INPUT, undefined, BEGIN), { kind: 'shifted', at: BEGIN, candidateShare: 1_000 }, INPUT);
  for (let now = 1; now <= SECONDS; now += 1) {
    const at = BEGIN + now * 1_000;
    for (const sample of bothWell(now * 1_000)) state = onSample(state, sample, INPUT);
    state = onSample(state, { kind: 'counts', at, missing: [], instances: [{ instance: 'a', stable: slot('stable'), candidate: slot('candidate') }] }, INPUT);
    if (endOfWatch(state, INPUT, at).kind !== 'go-on') return now;
  }
  return undefined;
}

const never = Array.from({ length: RUNS }, () => undefined);
const both = (outcome: (n: number) => Outcome) => ({ candidate: outcome, stable: outcome });
const after = (ms: number): Outcome => ({ isClientError: false, ms });
const median = (found: readonly (number | undefined)[]) => found.map((one) => one ?? Infinity).sort((a, b) => a - b)[Math.floor(found.length / 2)];
const ONE_IN_TWENTY = { candidate: 1, stable: 19 };

describe('the comparison with stable raises no alarm', () => {
  it('where three in ten answers of either slot are 4xx', () => {
    expect(ends({ perSecond: ONE_IN_TWENTY, arrange: (chance) => both(() => ({ isClientError: chance() < 0.3, ms: 40 })) })).toEqual(never);
  });

  it('where one user in ten gets nothing but 4xx, and the candidate has fifty users', () => {
    const arrange = (chance: Chance) => {
      const users = (count: number) => Array.from({ length: count }, () => chance() < 0.1);
      const of = (all: readonly boolean[]) => () => ({ isClientError: all[Math.floor(chance() * all.length)] === true, ms: 40 });
      return { candidate: of(users(50)), stable: of(users(950)) };
    };
    expect(ends({ perSecond: ONE_IN_TWENTY, arrange })).toEqual(never);
  });

  it('where times have a heavy tail', () => {
    expect(ends({ perSecond: ONE_IN_TWENTY, arrange: (chance) => both(() => after(logNormal(chance, 50, 2))) })).toEqual(never);
  });

  it('where the first hundred answers of the candidate take five times as long', () => {
    const arrange = (chance: Chance) => ({
      stable: () => after(logNormal(chance, 50, 1)),
      candidate: (n: number) => after((n <= 100 ? 5 : 1) * logNormal(chance, 50, 1)),
    });
    expect(ends({ perSecond: ONE_IN_TWENTY, arrange })).toEqual(never);
  });

  it('where times hardly differ among themselves, and the candidate takes a fifth longer', () => {
    const arrange = (chance: Chance) => ({ stable: () => after(logNormal(chance, 18, 0.05)), candidate: () => after(logNormal(chance, 22, 0.05)) });
    expect(ends({ perSecond: ONE_IN_TWENTY, arrange })).toEqual(never);
  });

  it('where the candidate takes a fifth longer', () => {
    const arrange = (chance: Chance) => ({ stable: () => after(logNormal(chance, 50, 0.5)), candidate: () => after(logNormal(chance, 60, 0.5)) });
    expect(ends({ perSecond: ONE_IN_TWENTY, arrange })).toEqual(never);
  });
});

describe('the comparison with stable finds', () => {
  it('404 for everything within half a minute at one request a second', () => {
    expect(median(ends({ perSecond: ONE_IN_TWENTY, arrange: () => ({ stable: () => after(40), candidate: () => ({ isClientError: true, ms: 40 }) }) }))).toBeLessThan(30);
  });

  it.each([[1, 140], [10, 20]])('ten times slower at %d requests a second within %d seconds, once the candidate is warm', (perSecond, within) => {
    const arrange = (chance: Chance) => ({ stable: () => after(logNormal(chance, 50, 1)), candidate: () => after(logNormal(chance, 500, 1)) });
    expect(median(ends({ perSecond: { candidate: perSecond, stable: 9 * perSecond }, arrange }))).toBeLessThan(within);
  });

  it('ten times slower among few requests over the step', () => {
    const arrange = (chance: Chance) => ({ stable: () => after(logNormal(chance, 50, 1)), candidate: () => after(logNormal(chance, 500, 1)) });
    const found = ends({ perSecond: { candidate: 0.45, stable: 4 }, arrange });
    expect(median(found)).toBeLessThan(SECONDS);
  });
});
