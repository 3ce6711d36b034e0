import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { otherSlot, type RouterEntry, SLOTS, splitOf } from '../domain/router/entry.js';
import { slotFor } from './routing-rule.js';

const GENERATION = 'D.1';
const entry = fc.record({ stable: fc.constantFrom(...SLOTS), candidateShare: fc.integer({ min: 0, max: 10_000 }) })
  .map((parts): RouterEntry => ({ ...parts, phase: 'moving', generation: GENERATION, baselineShare: 0, deployment: 'x' }));
const tombstones = fc.constantFrom<readonly string[]>([], [GENERATION], ['D.0', 'other.1']);
const bucket = fc.integer({ min: 0, max: 9_999 });
const BOTH = { blue: true, green: true };

describe('the slot of a request', () => {
  it('gives each slot its share of the buckets, exactly', () => {
    fc.assert(fc.property(entry, tombstones, (live, graves) => {
      const counts = { blue: 0, green: 0 };
      for (let one = 0; one < 10_000; one += 1) counts[slotFor({ bucket: one }, { entry: live, tombstones: graves }, BOTH)] += 1;
      expect(counts).toEqual(splitOf(live, graves));
    }), { numRuns: 25 });
  });

  it('moves users one way only when the share rises', () => {
    fc.assert(fc.property(entry, bucket, fc.nat(10_000), (live, one, more) => {
      const candidate = otherSlot(live.stable);
      const raised = { ...live, candidateShare: Math.min(10_000, live.candidateShare + more) };
      const before = slotFor({ bucket: one }, { entry: live, tombstones: [] }, BOTH);
      if (before === candidate) expect(slotFor({ bucket: one }, { entry: raised, tombstones: [] }, BOTH)).toBe(candidate);
    }));
  });

  it('is never a candidate without a healthy server', () => {
    fc.assert(fc.property(entry, tombstones, bucket, fc.option(fc.constantFrom(...SLOTS), { nil: undefined }), fc.boolean(), (live, graves, one, override, stableUp) => {
      const candidate = otherSlot(live.stable);
      const up = { blue: stableUp, green: stableUp, [candidate]: false };
      expect(slotFor({ bucket: one, ...(override ? { override } : {}) }, { entry: live, tombstones: graves }, up)).toBe(live.stable);
    }));
  });

  it('is never, unasked, a candidate that never had a share', () => {
    fc.assert(fc.property(entry, tombstones, bucket, fc.boolean(), fc.boolean(), (live, graves, one, blue, green) => {
      expect(slotFor({ bucket: one }, { entry: { ...live, candidateShare: 0 }, tombstones: graves }, { blue, green })).toBe(live.stable);
    }));
  });
});
