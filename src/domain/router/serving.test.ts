import { describe, expect, it } from '@jest/globals';
import { gapsOf, type HeldSlot } from './serving.js';

const [ONE, TWO] = ['10.0.0.1:80', '10.0.0.2:80'];
const UP = { inRotation: true, up: true };
const expected = (answering: readonly string[] = []) => ({ slot: 'blue' as const, addresses: [ONE, TWO], answering });

describe('a slot that is to serve', () => {
  it('has no gap where one of its servers is up', () => {
    expect(gapsOf([at('a', { [ONE]: UP }), at('b', { [TWO]: UP, [ONE]: { inRotation: false, up: false } })], expected())).toEqual([]);
  });

  it('has one on an instance that lost its servers, whose own fault it is', () => {
    expect(gapsOf([at('a', { [ONE]: UP }), at('b', {})], expected())).toMatchObject([{ instance: 'b', slot: 'blue', local: true }]);
  });

  it('has one for which no single instance is to blame where it serves nowhere', () => {
    expect(gapsOf([at('a', { [ONE]: { inRotation: true, up: false } }), at('b', {})], expected())).toMatchObject([{ instance: 'a', local: false }, { instance: 'b', local: false }]);
  });

  it('has one of the instance’s own where a server that answers is absent, though it serves nowhere', () => {
    expect(gapsOf([at('a', {})], expected([TWO]))).toMatchObject([{ instance: 'a', local: true }]);
  });

  it('is not served by a stranger', () => {
    expect(gapsOf([at('a', { [ONE]: UP }), at('b', { '10.0.0.9:80': UP })], expected())).toMatchObject([{ instance: 'b' }]);
  });

  it('names each server and what is wrong with it', () => {
    const [gap] = gapsOf([at('b', { [ONE]: { inRotation: false, up: false } })], expected());
    expect(gap?.text).toContain(`${ONE} is out of rotation`);
    expect(gap?.text).toContain(`${TWO} is absent and does not answer`);
  });

  it('has no gap where nobody knows a server of it', () => {
    expect(gapsOf([at('a', {})], { slot: 'blue', addresses: [], answering: [] })).toEqual([]);
  });
});

function at(instance: string, servers: Readonly<Record<string, { readonly inRotation: boolean; readonly up: boolean }>>): HeldSlot {
  return { instance, servers: Object.entries(servers).map(([address, state]) => ({ address, ...state })) };
}
