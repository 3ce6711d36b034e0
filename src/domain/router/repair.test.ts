import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { otherSlot, SLOTS, UNMANAGED, UNMANAGED_ENTRY, type RouterEntry } from './entry.js';
import { generationOf } from './generation.js';
import { repairOf } from './repair.js';

const entries: fc.Arbitrary<RouterEntry> = fc.record({
  stable: fc.constantFrom('blue', 'green'), phase: fc.constantFrom('settled', 'moving', 'watching'), deployment: fc.constantFrom('A', 'B'), baselineShare: fc.constant(0),
  generation: fc.tuple(fc.constantFrom('B', 'C'), fc.integer({ min: 1, max: 9 })).map(([deployment, n]) => generationOf(deployment, n)), candidateShare: fc.integer({ min: 0, max: 10_000 }),
});
const health = fc.record({ blue: fc.boolean(), green: fc.boolean() });
const MOVING: RouterEntry = { stable: 'blue', phase: 'moving', generation: 'B.2', candidateShare: 2_500, baselineShare: 0, deployment: 'A' };
const UP = { blue: true, green: true };

describe('repairOf', () => {
  it('finds nothing to do where everything is settled and the same', () => {
    fc.assert(fc.property(entries, fc.integer({ min: 1, max: 3 }), health, (entry, count, healthy) => {
      expect(repairOf(Array.from({ length: count }, () => ({ ...entry, phase: 'settled' as const })), healthy)).toBeUndefined();
    }));
  });

  it('finds nothing to do where nothing was read', () => {
    expect(repairOf([], UP)).toBeUndefined();
  });

  it('gives everything to one slot, and that is a healthy one where there is one', () => {
    fc.assert(fc.property(fc.array(entries, { minLength: 1, maxLength: 4 }), health, (read, healthy) => {
      const repair = repairOf(read, healthy);
      if (!repair) return;
      expect(SLOTS).toContain(repair.stable);
      if (healthy.blue || healthy.green) expect(healthy[repair.stable]).toBe(true);
    }));
  });

  it('keeps the named stable slot while that is healthy, whatever the other is', () => {
    fc.assert(fc.property(entries, health, (entry, healthy) => {
      const repair = repairOf([entry], { ...healthy, [entry.stable]: true });
      if (repair) expect(repair).toMatchObject({ stable: entry.stable, deployment: entry.deployment });
    }));
  });

  it('takes the other slot when only that is healthy, with the deployment that brought it', () => {
    expect(repairOf([MOVING], { blue: false, green: true })).toMatchObject({ stable: 'green', deployment: 'B' });
  });

  it('keeps the named slot when neither is healthy: what comes may mend it', () => {
    expect(repairOf([MOVING], { blue: false, green: false })).toMatchObject({ stable: 'blue', deployment: 'A' });
  });

  it('follows the latest shift where instances of one deployment differ', () => {
    const changed: RouterEntry = { stable: 'green', phase: 'settled', generation: 'B.3', candidateShare: 0, baselineShare: 0, deployment: 'B' };
    expect(repairOf([MOVING, changed], UP)).toMatchObject({ stable: 'green', deployment: 'B' });
    expect(repairOf([changed, MOVING], UP)).toMatchObject({ stable: 'green', deployment: 'B' });
  });

  it('follows the younger deployment where instances differ by deployments', () => {
    const older: RouterEntry = { ...MOVING, stable: 'green', generation: 'A.9', phase: 'settled', candidateShare: 0 };
    expect(repairOf([older, MOVING], UP)).toMatchObject({ stable: 'blue' });
  });

  it('follows an instance that was written over one that starts anew', () => {
    expect(repairOf([UNMANAGED_ENTRY, { ...MOVING, stable: 'green' }], UP)).toMatchObject({ stable: 'green', deployment: 'A' });
  });

  it('hands nothing to a slot that nobody manages and that had no share', () => {
    const left: RouterEntry = { ...UNMANAGED_ENTRY, phase: 'moving', generation: 'B.1' };
    expect(repairOf([left], { blue: false, green: true })).toMatchObject({ stable: 'blue', deployment: UNMANAGED });
  });

  it('hands everything to a first release that has traffic and answers', () => {
    const left: RouterEntry = { ...UNMANAGED_ENTRY, phase: 'watching', generation: 'B.2', candidateShare: 10_000 };
    expect(repairOf([left], { blue: false, green: true })).toMatchObject({ stable: otherSlot(left.stable), deployment: 'B' });
  });
});
