import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { answered } from '../domain/analysis/traffic.js';
import { countSince } from './count-since.js';
import type { Counters, SlotCounters } from './counters.js';

describe('counts since a mark', () => {
  it('are the difference', () => {
    expect(countSince(counters('1', { requests: 15, errors: 3 }), markAt(counters('1', { requests: 10, errors: 1 }))).slots.blue).toMatchObject({ requests: 5, errors: 2, begun: 5 });
  });

  it('are 0 without a mark', () => {
    expect(countSince(counters('1', { requests: 15, errors: 3 }), undefined).slots.blue).toMatchObject({ requests: 0, errors: 0 });
  });

  it('are everything after a restart, even one that counted further than the mark', () => {
    expect(countSince(counters('2', { requests: 15, errors: 3 }), markAt(counters('1', { requests: 10, errors: 1 }))).slots.blue).toMatchObject({ requests: 15, errors: 3 });
  });

  it('are everything after somebody cleared the counters', () => {
    expect(countSince(counters('1', { requests: 4 }), markAt(counters('1', { requests: 10 }))).slots.blue).toMatchObject({ requests: 4, errors: 0 });
  });

  it.each(['', 'null', '{}', '{"epoch":"1"}', '[1]'])('begin anew with a mark of another form: %s', (mark) => {
    expect(countSince(counters('1', { requests: 15 }), mark).slots.blue).toMatchObject({ requests: 0, errors: 0 });
  });

  it('subtract each bucket of latencies', () => {
    const at = (latency: number[]): Counters => counters('1', { requests: 3, latency });
    expect(countSince(at([2, 5]), markAt(at([1, 3]))).slots.blue.latency).toEqual([1, 2]);
  });

  it('have no latencies of which the router counts none', () => {
    expect(countSince(counters('1', {}), markAt(counters('1', { latency: [1, 3] }))).slots.blue.latency).toBeUndefined();
  });

  it('do not count an event twice when a count falls for as long as requests run', () => {
    const at = (quit: number, waiting: number): Counters => counters('1', { requests: 10, quit, waiting });
    const first = markAt(at(5, 0));
    const fallen = countSince(at(4, 1), first);
    expect(fallen.slots.blue.quit).toBe(0);
    expect(countSince(at(5, 0), fallen.mark).slots.blue.quit).toBe(0);
    expect(countSince(at(6, 0), fallen.mark).slots.blue.quit).toBe(1);
  });

  it('go on from a count that fell by more than what runs: somebody took a server and its counters away', () => {
    const at = (headed: number): Counters => counters('1', { requests: 5_000, headed, waiting: 3 });
    const fallen = countSince(at(3_000), markAt(at(5_000)));
    expect(countSince(at(3_040), fallen.mark).slots.blue.headed).toBe(40);
  });

  it('are never negative, and add up to the last count over readings that only grow', () => {
    const steps = fc.array(fc.record({ requests: fc.nat(9), quit: fc.nat(3), headed: fc.nat(9) }), { minLength: 2 });
    fc.assert(fc.property(steps, (all) => {
      const sum = { requests: 0, quit: 0, headed: 0 };
      let [mark, counted] = [markAt(counters('1', sum)), 0];
      for (const step of all) {
        for (const name of ['requests', 'quit', 'headed'] as const) sum[name] += step[name];
        const next = countSince(counters('1', { ...sum }), mark);
        expect(Math.min(next.slots.blue.requests, next.slots.blue.quit, next.slots.blue.headed)).toBeGreaterThanOrEqual(0);
        [mark, counted] = [next.mark, counted + next.slots.blue.headed];
      }
      expect(counted).toBe(sum.headed);
    }));
  });
});

describe('what a server gave since a mark', () => {
  const at = (...places: SlotCounters['places']): Counters => counters('1', { places });

  it('is the difference of its place', () => {
    const mark = markAt(at({ place: 's1', address: 'a:1', inFlight: 0, attempts: 100, headed: 100 }));
    expect(countSince(at({ place: 's1', address: 'a:1', inFlight: 2, attempts: 107, headed: 107 }), mark).slots.blue.load.servers).toEqual([{ address: 'a:1', inFlight: 2, attempts: 7, headed: 7 }]);
  });

  it('is not what another server gave that had the place before', () => {
    const mark = markAt(at({ place: 's1', inFlight: 0, attempts: 100, headed: 100 }));
    expect(countSince(at({ place: 's1', address: 'b:1', inFlight: 1, attempts: 101, headed: 101 }), mark).slots.blue.load.servers).toEqual([{ address: 'b:1', inFlight: 1, attempts: 1, headed: 1 }]);
  });

  it('is all of it where it was given up and put in again', () => {
    const mark = markAt(at({ place: 'a:1', address: 'a:1', inFlight: 0, attempts: 100, headed: 100 }));
    expect(countSince(at({ place: 'a:1', address: 'a:1', inFlight: 0, attempts: 3, headed: 3 }), mark).slots.blue.load.servers).toEqual([{ address: 'a:1', inFlight: 0, attempts: 3, headed: 3 }]);
  });

  it('leaves out places that nobody has', () => {
    expect(countSince(at({ place: 's1', inFlight: 0, attempts: 100, headed: 100 }), undefined).slots.blue.load.servers).toEqual([]);
  });
});

it('a mark is short, as it travels in heartbeats', () => {
  const places = Array.from({ length: 8 }, (_, n) => ({ place: `s${n + 1}`, address: `10.0.0.${n}:8080`, inFlight: 9, attempts: 99_999_999, headed: 99_999_999 }));
  const slot = { ...counters('1', { requests: 99_999_999, latency: Array.from({ length: 25 }, () => 9_999_999), places }).slots.blue };
  expect(markAt({ epoch: '4194304.1795900046', slots: { blue: slot, green: slot } }).length).toBeLessThan(1_300);
});

function markAt(at: Counters): string {
  return countSince(at, undefined).mark;
}

function counters(epoch: string, blue: Partial<SlotCounters>): Counters {
  const slot = (counted: Partial<SlotCounters>): SlotCounters => ({ ...answered({ requests: 0, errors: 0, ...counted }), waiting: 0, streaming: 0, places: [], ...counted });
  return { epoch, slots: { blue: slot(blue), green: slot({}) } };
}
