import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addTraffic, answered, NO_TRAFFIC, type Traffic } from './traffic.js';
import { recentTraffic, remember, type TrafficCell } from './recent-traffic.js';

const WINDOW_MS = 10_000;
const fed = (samples: readonly { at: number; requests: number }[]): readonly TrafficCell<Traffic>[] => samples.reduce<readonly TrafficCell<Traffic>[]>(
  (cells, { at, requests }) => remember(cells, { at, traffic: answered({ requests, errors: 0 }) }, { windowMs: WINDOW_MS, add: addTraffic }), [],
);

describe('the recent past', () => {
  it('holds what is inside the window and forgets what is older', () => {
    expect(recentTraffic(fed([{ at: 0, requests: 100 }, { at: 15_000, requests: 3 }, { at: 20_000, requests: 4 }]), NO_TRAFFIC, addTraffic).requests).toBe(7);
  });

  it('never forgets what is inside the window, and stays small', () => {
    const times = fc.array(fc.record({ at: fc.nat(100_000), requests: fc.nat(100) }), { minLength: 1, maxLength: 200 })
      .map((samples) => samples.toSorted((a, b) => a.at - b.at));
    fc.assert(fc.property(times, (samples) => {
      const now = samples.at(-1)?.at ?? 0;
      const within = (ms: number) => samples.filter(({ at }) => at > now - ms).reduce((sum, { requests }) => sum + requests, 0);
      const cells = fed(samples);
      const { requests } = recentTraffic(cells, NO_TRAFFIC, addTraffic);
      expect(requests).toBeGreaterThanOrEqual(within(WINDOW_MS));
      expect(requests).toBeLessThanOrEqual(within(WINDOW_MS * 1.1 + 1));
      expect(cells.length).toBeLessThanOrEqual(11);
    }));
  });
});
