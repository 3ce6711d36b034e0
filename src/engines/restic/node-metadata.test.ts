import { describe, expect, it } from '@jest/globals';
import { metadataOf } from './node-metadata.js';

const node = { message_type: 'node', type: 'file', path: '/a', size: 0 } as const;

describe('what restic lists of an entry', () => {
  it.each([[0o644, '0644'], [0, '0000'], [12_583_405, '6755'], [2_148_532_735, '1777'], [2_147_484_096, '0700']])('has the mode %d, which is %s', (mode, octal) => {
    expect(metadataOf({ ...node, mode })).toEqual({ mode: octal });
  });

  it('has no owner where only half of it is told', () => {
    expect(metadataOf({ ...node, uid: 0 })).toEqual({});
    expect(metadataOf({ ...node, uid: 0, gid: 3_000_000_000 })).toEqual({ owner: '0:3000000000' });
  });

  it.each([
    ['1970-01-01T00:00:00Z', '0'], ['2026-11-28T22:44:01.123456789Z', '1795905841123456789'], ['1922-06-20T21:19:59.75Z', '-1500000000250000000'],
    ['2026-11-28T23:44:01.5+01:00', '1795905841500000000'],
  ])('has the time %s', (mtime, modifiedNs) => {
    expect(metadataOf({ ...node, mtime })).toEqual({ modifiedNs });
  });

  it.each(['9999-12-31T23:59:59.999999999Z', '0000-01-01T00:00:00Z', 'yesterday'])('says nothing by the time %s', (mtime) => {
    expect(metadataOf({ ...node, mtime })).toEqual({});
  });
});
