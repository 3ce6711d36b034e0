import { describe, expect, it } from '@jest/globals';
import { resolveRefusal, type AttentionRead } from './attention.js';

const read = (blue: boolean, green: boolean): AttentionRead => ({ atMs: 0, healthy: { blue, green }, unreachable: ['b'], unserved: [], instances: ['a', 'b'] });
const code = (...args: Parameters<typeof resolveRefusal>): string | undefined => resolveRefusal(...args)?.code;

describe('resolve', () => {
  it('needs a read', () => {
    expect(code({ slot: 'blue' }, undefined, 0)).toBe('READ_TOO_OLD');
  });

  it('takes a read of 15 s and none that is older', () => {
    expect([15_000, 15_001].map((nowMs) => code({ slot: 'blue' }, read(true, true), nowMs))).toEqual([undefined, 'READ_TOO_OLD']);
  });

  it('takes a slot that answers', () => {
    expect(code({ slot: 'green' }, read(false, true), 0)).toBeUndefined();
  });

  it('refuses a slot that does not answer while the other does', () => {
    expect(code({ slot: 'blue' }, read(false, true), 0)).toBe('RESOLVE_REFUSED');
  });

  it('takes either slot when neither answers: people may know more', () => {
    expect([code({ slot: 'blue' }, read(false, false), 0), code({ slot: 'green' }, read(false, false), 0)]).toEqual([undefined, undefined]);
  });

  it('takes only the slot that everything is on, however old the read, when something else needs people', () => {
    const settled: AttentionRead = { ...read(false, true), only: 'blue' };
    expect([code({ slot: 'blue' }, settled, 60_000), code({ slot: 'green' }, settled, 0)]).toEqual([undefined, 'RESOLVE_REFUSED']);
  });

  it('drops a router instance that is away, and none that answers or is not known', () => {
    expect(['b', 'a', 'c'].map((drop) => code({ drop }, read(true, true), 0))).toEqual([undefined, 'RESOLVE_REFUSED', 'RESOLVE_REFUSED']);
  });
});
