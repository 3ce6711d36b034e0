import { describe, expect, it } from '@jest/globals';
import { answered, NO_LOAD } from '../domain/analysis/traffic.js';
import type { SlotCounts } from './router.js';
import { type Counters, countsSince, markOf } from './counter-marks.js';

describe('counts since a mark', () => {
  it('are the difference', () => {
    expect(countsSince(counters('1', 15, 3), markOf(counters('1', 10, 1))).blue).toMatchObject({ requests: 5, errors: 2 });
  });

  it('are 0 without a mark', () => {
    expect(countsSince(counters('1', 15, 3), undefined).blue).toMatchObject({ requests: 0, errors: 0 });
  });

  it('are everything after a restart, even one that counted further than the mark', () => {
    expect(countsSince(counters('2', 15, 3), markOf(counters('1', 10, 1))).blue).toMatchObject({ requests: 15, errors: 3 });
  });

  it('are everything after somebody cleared the counters', () => {
    expect(countsSince(counters('1', 4, 0), markOf(counters('1', 10, 1))).blue).toMatchObject({ requests: 4, errors: 0 });
  });

  it.each(['', 'null', '{}', '{"epoch":"1"}', '[1]'])('begin anew with a mark of another form: %s', (mark) => {
    expect(countsSince(counters('1', 15, 3), mark).blue).toMatchObject({ requests: 0, errors: 0 });
  });

  it('subtract each bucket of latencies', () => {
    const at = (latency: number[]): Counters => ({ epoch: '1', slots: { blue: counted(3, 0, latency), green: counted(0, 0, [0, 0]) } });
    expect(countsSince(at([2, 5]), markOf(at([1, 3]))).blue.latency).toEqual([1, 2]);
  });
});

function counters(epoch: string, requests: number, errors: number): Counters {
  return { epoch, slots: { blue: counted(requests, errors), green: counted(0, 0) } };
}

function counted(requests: number, errors: number, latency?: number[]): SlotCounts {
  return { ...answered({ requests, errors, ...(latency && { latency }) }), load: NO_LOAD };
}
