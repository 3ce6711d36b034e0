import { describe, expect, it } from '@jest/globals';
import { requireRestorable } from './require-restorable.js';
import type { TreeEntry } from './walk-tree.js';

const PART = '/srv/.invoices.part-01JAAAAAAAAAAAAAAAAAAAAAAA';
const file = (path: string, mode = '0644'): TreeEntry => ({ path, kind: 'file', bytes: 0, state: '', metadata: { mode } });
const folder = (path: string, mode: string): TreeEntry => ({ path, kind: 'folder', state: '', metadata: { mode } });
const link: TreeEntry = { path: 'l', kind: 'link', target: 'x', state: '', metadata: {} };

describe('a folder that is to be backed up', () => {
  it('holds no path that a copy could not have', () => {
    const longest = 'x'.repeat(4_095 - PART.length - 1);
    expect(() => requireRestorable([folder('', '0000'), file(longest)], PART, 'everything')).not.toThrow();
    expect(() => requireRestorable([file(`${longest}x`)], PART, 'everything')).toThrow(expect.objectContaining({ code: 'SOURCE_UNSUPPORTED' }));
  });

  it.each([file('a', '0044'), file('a', '0000'), folder('a', '0077'), folder('a', '0455')])('holds nothing whose owner may not read it: %j', (entry) => {
    expect(() => requireRestorable([entry], PART, 'its own')).toThrow(expect.objectContaining({ code: 'SOURCE_REFUSED' }));
    expect(() => requireRestorable([entry], PART, 'everything')).not.toThrow();
  });

  it('may hold what its owner may read, and links', () => {
    expect(() => requireRestorable([folder('', '0000'), file('a', '0400'), folder('b', '0500'), link], PART, 'its own')).not.toThrow();
  });
});
