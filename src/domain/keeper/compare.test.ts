import { describe, expect, it } from '@jest/globals';
import { type RouterEntry, UNMANAGED_ENTRY } from '../router/entry.js';
import { compare, type HeldEntry, type HeldServer } from './compare.js';
import { restoredEntry, type RecordedStable } from './recorded-stable.js';

const STABLE: RecordedStable = { slot: 'green', deployment: '01AAA', servers: ['10.0.0.1:80', '10.0.0.2:80'] };
const SETTLED: RouterEntry = { stable: 'green', phase: 'settled', generation: '01AAA.7', candidateShare: 0, baselineShare: 0, deployment: '01AAA' };
const server = (address: string, over: Partial<HeldServer> = {}): HeldServer => ({ address, inRotation: true, up: true, ...over });
const WHOLE: readonly HeldServer[] = STABLE.servers.map((address) => server(address));
const held = (entry: RouterEntry | null, green: readonly HeldServer[] = WHOLE): HeldEntry => ({ entry, servers: { blue: [], green } });

describe('what a router instance holds, compared with what is recorded', () => {
  it('is the same when it gives everything to the recorded slot, by whatever generation', () => {
    expect(compare(STABLE, held({ ...SETTLED, generation: '01BBB.4' }), 'none')).toEqual({ kind: 'same' });
  });

  it('is the same although a server fails its checks: that is no matter of what is held', () => {
    expect(compare(STABLE, held(SETTLED, [server('10.0.0.1:80', { up: false }), server('10.0.0.2:80')]), 'none').kind).toBe('same');
  });

  it.each([['no entry', null], ['the entry of a first start', UNMANAGED_ENTRY]])('lacks its entry where it holds %s', (_, entry) => {
    expect(compare(STABLE, held(entry), 'none')).toMatchObject({ kind: 'absent', entry: 'absent', servers: [] });
  });

  it('lacks all servers where the stable slot is empty', () => {
    expect(compare(STABLE, held(SETTLED, []), 'none')).toMatchObject({ kind: 'absent', entry: 'there', servers: STABLE.servers });
  });

  it('lacks everything after a restart without files', () => {
    expect(compare(STABLE, held(UNMANAGED_ENTRY, []), 'none')).toMatchObject({ kind: 'absent', entry: 'absent', servers: STABLE.servers });
  });

  it.each<[string, Partial<RouterEntry>]>([
    ['another slot', { stable: 'blue' }], ['a step that nobody watches', { phase: 'moving', candidateShare: 2_000 }], ['a share', { candidateShare: 1 }],
    ['a release that another deployment brought', { deployment: '01OLD' }],
  ])('differs where the entry names %s, and nothing of it counts as absent', (_, over) => {
    expect(compare(STABLE, held({ ...SETTLED, ...over }, []), 'none').kind).toBe('differs');
  });

  it.each([
    ['one of several servers is missing', [server('10.0.0.1:80')]],
    ['a server is out of rotation', [server('10.0.0.1:80', { inRotation: false }), server('10.0.0.2:80')]],
    ['a server is not of the release', [...WHOLE, server('10.0.0.9:80')]],
  ])('differs where %s', (_, green) => {
    expect(compare(STABLE, held(SETTLED, green), 'none').kind).toBe('differs');
  });

  it('still lacks the servers that a restoration could not put back yet', () => {
    expect(compare(STABLE, held(SETTLED, [server('10.0.0.1:80')]), 'under-way')).toMatchObject({ kind: 'absent', entry: 'there', servers: ['10.0.0.2:80'] });
  });

  it('does not count a server as absent that somebody took out of rotation, whatever was restored before', () => {
    expect(compare(STABLE, held(SETTLED, [server('10.0.0.1:80', { inRotation: false }), server('10.0.0.2:80')]), 'under-way').kind).toBe('differs');
  });

  it('says nothing of servers while nobody knows which were registered', () => {
    expect(compare({ ...STABLE, servers: [] }, held(SETTLED, [server('10.0.0.9:80')]), 'none').kind).toBe('same');
  });
});

describe('a restored entry', () => {
  it('is the one that another router instance still holds', () => {
    expect(restoredEntry(STABLE, [UNMANAGED_ENTRY, SETTLED])).toEqual(SETTLED);
  });

  it('is the same whoever restores it, and gives the candidate nothing', () => {
    const strangers: RouterEntry[] = [{ ...SETTLED, candidateShare: 500, phase: 'moving' }];
    expect(restoredEntry(STABLE, strangers)).toEqual(restoredEntry(STABLE, []));
    expect(restoredEntry(STABLE, [])).toMatchObject({ stable: 'green', phase: 'settled', candidateShare: 0, deployment: '01AAA' });
  });
});
