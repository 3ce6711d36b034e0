import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { WHOLE } from '../share.js';
import { decodeEntry, encodeEntry, otherSlot, splitOf, UNMANAGED_ENTRY, type RouterEntry } from './entry.js';

const word = fc.stringMatching(/^[A-Za-z0-9.-]{1,30}$/);
const entries: fc.Arbitrary<RouterEntry> = fc.record({
  stable: fc.constantFrom('blue', 'green'), phase: fc.constantFrom('settled', 'moving', 'watching'), generation: word, deployment: word,
  candidateShare: fc.integer({ min: 0, max: WHOLE }), baselineShare: fc.constant(0),
});

describe('a router entry', () => {
  it('comes back from its text as it was', () => {
    fc.assert(fc.property(entries, (entry) => expect(decodeEntry(encodeEntry(entry))).toEqual(entry)));
  });

  it('is one word and fits between blanks', () => {
    fc.assert(fc.property(entries, (entry) => expect(encodeEntry(entry)).toMatch(/^\S+$/)));
  });

  it('reads as what a router says before anything was written', () => {
    expect(encodeEntry(UNMANAGED_ENTRY)).toBe('blue:settled:none:0:0:-');
  });

  it.each([
    '', 'blue', 'blue:settled:none:0:0', 'red:settled:none:0:0:-', 'blue:done:none:0:0:-', 'blue:settled::0:0:-', 'blue:settled:none:-1:0:-', 'blue:settled:none:10001:0:-',
    'blue:settled:none:6000:6000:-', 'blue:settled:none:1e3:0:-', 'blue:settled:none:0:0:-:more', 'blue:settled:a b:0:0:-', 'BLUE:settled:none:0:0:-',
  ])('is not read from "%s"', (text) => {
    expect(decodeEntry(text)).toBeUndefined();
  });

  it('is never read from a text that it would not write', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), entries.map(encodeEntry).chain((text) => fc.nat(text.length - 1).map((at) => text.slice(0, at) + text.slice(at + 1)))), (text) => {
      const entry = decodeEntry(text);
      if (entry) expect(decodeEntry(encodeEntry(entry))).toEqual(entry);
      if (entry) expect(entry.candidateShare + entry.baselineShare).toBeLessThanOrEqual(WHOLE);
    }));
  });
});

describe('the split of an entry', () => {
  it('is always the whole', () => {
    fc.assert(fc.property(entries, fc.boolean(), (entry, dead) => {
      const { blue, green } = splitOf(entry, dead ? [entry.generation] : []);
      expect(blue + green).toBe(WHOLE);
    }));
  });

  it('gives a dead generation’s share to stable', () => {
    fc.assert(fc.property(entries, (entry) => expect(splitOf(entry, [entry.generation])[entry.stable]).toBe(WHOLE)));
  });

  it('is not changed by tombstones of other generations', () => {
    fc.assert(fc.property(entries, (entry) => expect(splitOf(entry, [`${entry.generation}x`])).toEqual(splitOf(entry))));
  });

  it('gives the candidate its share in the slot that is not stable', () => {
    fc.assert(fc.property(entries, (entry) => expect(splitOf(entry)[otherSlot(entry.stable)]).toBe(entry.candidateShare)));
  });
});
