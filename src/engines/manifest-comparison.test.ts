import { describe, expect, it } from '@jest/globals';
import { compareWithManifest, type Seen } from './manifest-comparison.js';

const manifest = {
  files: {
    'a/b': { kind: 'file', bytes: 3, sha256: 'x' },
    l: { kind: 'link', target: 'a/b' },
    hollow: { kind: 'folder' },
  },
} as const;

function compared(seen: Readonly<Record<string, Seen>>) {
  const comparison = compareWithManifest(manifest);
  for (const [path, one] of Object.entries(seen)) comparison.saw(path, one);
  return { differing: comparison.differences.map(({ file }) => file), missing: comparison.missing.map(({ file }) => file) };
}

const ALL = { a: { kind: 'folder' }, 'a/b': { kind: 'file', bytes: 3, sha256: 'x' }, l: { kind: 'link', target: 'a/b' }, hollow: { kind: 'folder' } } as const;

describe('a comparison with a manifest', () => {
  it('finds nothing where all is as recorded', () => {
    expect(compared(ALL)).toEqual({ differing: [], missing: [] });
  });

  it('does not compare what is not known', () => {
    expect(compared({ ...ALL, 'a/b': { kind: 'file', bytes: 3 }, l: { kind: 'link' } })).toEqual({ differing: [], missing: [] });
  });

  it.each<[string, Seen]>([
    ['a/b', { kind: 'file', bytes: 4, sha256: 'x' }],
    ['a/b', { kind: 'file', bytes: 3, sha256: 'y' }],
    ['a/b', { kind: 'folder' }],
    ['l', { kind: 'link', target: 'elsewhere' }],
    ['hollow', { kind: 'other', what: 'fifo' }],
    ['more', { kind: 'folder' }],
  ])('finds %s when it is %j', (path, seen) => {
    expect(compared({ ...ALL, [path]: seen }).differing).toEqual([path]);
  });

  it('names what never came', () => {
    expect(compared({}).missing).toEqual(['a/b', 'l', 'hollow']);
  });
});
