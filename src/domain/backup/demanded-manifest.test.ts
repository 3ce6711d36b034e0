import { expect, it } from '@jest/globals';
import { demandedManifest } from './demanded-manifest.js';

const file = { kind: 'file', bytes: 1, sha256: 'x' } as const;
const item = { kind: 'file', count: '1', sum: 'x' } as const;
const demanded = (files: Parameters<typeof demandedManifest>[0]['files'], items: Parameters<typeof demandedManifest>[1]['items']) => demandedManifest({ files }, { items, about: {} }).files;

it('demands the access that the fingerprint recorded where the manifest is of contents alone', () => {
  expect(demanded({ a: file, hollow: { kind: 'folder' } }, { a: { ...item, mode: '0000', owner: '1:2' }, hollow: { kind: 'folder', count: null, sum: null, mode: '0700' } }))
    .toEqual({ a: { ...file, mode: '0000', owner: '1:2' }, hollow: { kind: 'folder', mode: '0700' } });
});

it('leaves what the manifest says itself', () => {
  expect(demanded({ a: { ...file, mode: '0600' } }, { a: { ...item, mode: '0644' } })).toEqual({ a: { ...file, mode: '0600' } });
});

it.each(['constructor', '__proto__'])('takes no table and nothing inherited for the file %s', (name) => {
  const files = Object.fromEntries([[name, file]]);
  expect(demanded(files, {})).toEqual(files);
  expect(demanded(files, Object.fromEntries([[name, { ...item, kind: 'table' as const, mode: '0600' }]]))).toEqual(files);
});
