import { describe, expect, it } from '@jest/globals';
import { BEGIN, bothWell, type Counted, counts, watched } from '../../../../test/support/watched.js';
import { watchInput } from '../../../../test/support/watch-input.js';
import { anotherMayDoBetter } from '../judge-traffic.js';
import { NO_LOAD } from '../traffic.js';
import type { WatchSample } from '../watch-sample.js';
import { progressOf, startWatch } from '../watch-state.js';

const STABLE: Counted = { requests: 20, errors: 0, load: { ...NO_LOAD, waiting: 1 } };
const GOOD: Counted = { requests: 2, errors: 0 };
/** One request a second that gets no head; so many wait by now. */
const hung = (waiting: number): Counted => ({ requests: 0, errors: 0, begun: 1, attempts: 1, load: { ...NO_LOAD, waiting } });
const shifted: WatchSample = { kind: 'shifted', at: BEGIN, candidateShare: 1_000 };

/** Readings a second apart; `waiting` of each. */
const row = (fromSecond: number, waiting: readonly number[]): WatchSample[] => waiting.map((count, n) => counts((fromSecond + n) * 1_000, count === 0 ? GOOD : hung(count), STABLE));
const open = (rest: Parameters<typeof watchInput>[0] = {}) => watchInput({ bakeMs: null, analysis: { metrics: {} }, ...rest });
const GROWING = [0, 0, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const decide = (samples: readonly WatchSample[], input = open()) => watched(input, [...bothWell(0), shifted, ...samples]).decision.kind;

describe('the rule `stuck`', () => {
  it('fails a candidate at once in which requests wait and nobody is answered', () => {
    const { decision } = watched(open(), [shifted, ...row(0, GROWING)]);
    expect(decision).toMatchObject({ kind: 'breach', pull: true, verdict: { findings: expect.arrayContaining([expect.objectContaining({ rule: 'stuck', kind: 'fail' })]) } });
  });

  it('is off where the definition says so', () => {
    expect(decide(row(0, GROWING), open({ analysis: { metrics: {}, stuck: 'off' } }))).toBe('go-on');
  });

  it('decides nothing once a person has waved it through', () => {
    expect(decide(row(0, GROWING), open({ waived: ['stuck'] }))).toBe('go-on');
  });

  it('asks where people decide on a breach', () => {
    expect(watched(open({ analysis: { metrics: {}, onBreach: 'ask' } }), [shifted, ...row(0, GROWING)]).decision).toMatchObject({ kind: 'breach', pull: false });
  });

  it('takes no row and no silence over a gap in which nobody read the counters', () => {
    const gap = row(0, GROWING.slice(0, 6));
    expect(decide([...gap, counts(60_000, hung(6), STABLE)])).toBe('go-on');
    expect(decide([...gap, counts(60_000, hung(6), STABLE), ...row(61, [7, 8, 9])])).toBe('go-on');
    expect(decide([...gap, counts(60_000, hung(6), STABLE), ...row(61, [7, 8, 9, 10, 11])])).toBe('breach');
  });

  it('goes on in another attempt where the one before was', () => {
    const before = watched(open(), [shifted, ...row(0, GROWING.slice(0, 6))]).state;
    const again = startWatch(open(), JSON.parse(JSON.stringify(progressOf(before))) as ReturnType<typeof progressOf>, BEGIN + 5_000);
    expect(watched(open(), row(6, GROWING.slice(6)), again)).toEqual(watched(open(), [shifted, ...row(0, GROWING)]));
  });

  it('says nothing on a reading of no router instance', () => {
    const away = (second: number): WatchSample => ({ ...counts(second * 1_000, GOOD), instances: [], missing: ['instance a was not read'] });
    const { state } = watched(open(), [shifted, ...row(0, [0, 0]), away(2), away(3)]);
    expect(state.seen.stuck?.at).toBe(BEGIN + 1_000);
  });

  it('takes what waited before this watch for no fault of the new rate', () => {
    const slow: Counted = { requests: 0, errors: 0, load: { ...NO_LOAD, waiting: 9 } };
    const answering: Counted = { requests: 1, errors: 0, load: { ...NO_LOAD, waiting: 9 } };
    const samples = Array.from({ length: 20 }, (_, n) => counts(n * 1_000, n % 4 === 0 ? answering : slow, STABLE));
    expect(decide(samples)).toBe('go-on');
  });

  it('gives one instance of several ten seconds', () => {
    const load = { waiting: 1, streaming: 0, servers: [{ address: 'c-1', inFlight: 1, attempts: 0, headed: 0 }, { address: 'c-2', inFlight: 0, attempts: 2, headed: 2 }] };
    const samples = Array.from({ length: 20 }, (_, n) => counts(n * 1_000, { ...GOOD, load }, { ...STABLE, load: NO_LOAD }));
    const { decision, state } = watched(open(), [shifted, ...samples]);
    expect(decision).toMatchObject({ kind: 'breach', verdict: { findings: expect.arrayContaining([expect.objectContaining({ rule: 'stuck', text: expect.stringContaining('c-1') })]) } });
    expect(state.samples).toBeGreaterThan(11);
    expect(state.samples).toBeLessThan(15);
  });

  it.each([
    ['one long request', 1, 0, 'go-on'],
    ['two requests', 2, 0, 'breach'],
    ['one request after the other, whose clients leave', 1, 1, 'breach'],
  ] as const)('of an instance that has answered takes %s without a head for what it is', (_, inFlight, attempts, kind) => {
    const others = { address: 'c-2', inFlight: 0, attempts: 2, headed: 2 };
    const load = (own: { readonly inFlight: number; readonly attempts: number; readonly headed: number }) => (
      { waiting: own.inFlight, streaming: 0, servers: [{ address: 'c-1', ...own }, others] }
    );
    const samples = Array.from({ length: 30 }, (_one, n) => {
      const own = n < 3 ? { inFlight: 0, attempts: 1, headed: 1 } : { inFlight, attempts: n === 3 ? inFlight : attempts, headed: 0 };
      return counts(n * 1_000, { ...GOOD, load: load(own) }, { ...STABLE, load: NO_LOAD });
    });
    expect(decide(samples)).toBe(kind);
  });

  it('takes an instance that held a stream before the watch for one that has answered', () => {
    const load = (waiting: number) => ({ waiting, streaming: 1, servers: [{ address: 'c-1', inFlight: 1, attempts: 0, headed: 0 }, { address: 'c-2', inFlight: waiting, attempts: 2, headed: 2 }] });
    expect(decide(Array.from({ length: 30 }, (_, n) => counts(n * 1_000, { ...GOOD, load: load(n === 0 ? 0 : 1) }, { ...STABLE, load: NO_LOAD })))).toBe('go-on');
  });

  it('cannot judge while neither slot answers, asks no other worker, and goes on when they do', () => {
    const stuckToo = (waiting: number): Counted => ({ ...hung(waiting), begun: 9, attempts: 9, load: { ...NO_LOAD, waiting: 9 * waiting } });
    const still = Array.from({ length: 12 }, (_, n) => counts((n + 2) * 1_000, hung(n + 1), stuckToo(n + 1)));
    const samples = [...bothWell(0), shifted, ...row(0, [0, 0]), ...still];
    const { decision, state } = watched(open(), samples);
    expect(decision.kind).toBe('go-on');
    expect(state.verdict).toMatchObject({ kind: 'error', findings: expect.arrayContaining([expect.objectContaining({ rule: 'stuck', kind: 'error' })]) });
    expect(state.verdict && anotherMayDoBetter(state.verdict)).toBe(false);
    expect(watched(open(), [...samples, ...row(14, [0, 0])]).state.errorSince).toBeUndefined();
  });

  it('measures by what stable did before, where the candidate has everything', () => {
    const all: WatchSample = { ...shifted, candidateShare: 10_000 };
    const polls = Array.from({ length: 40 }, (_, n) => counts(n * 1_000, { requests: n > 30 ? 2 : 0, errors: 0, begun: 2, load: { ...NO_LOAD, waiting: Math.min(60, 2 * n) } }));
    expect(watched(open(), [all, ...polls]).decision.kind).toBe('breach');
    expect(watched(open({ known: { perSecond: 2, stableWaitMs: 30_000 } }), [all, ...polls]).decision.kind).toBe('go-on');
  });
});
