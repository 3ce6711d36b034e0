import { describe, expect, it } from '@jest/globals';
import type { Release } from './release.js';
import { identical } from './release.js';

const RELEASE: Release = {
  version: 'v1', target: { use: 'hosts', instances: 2, with: { job: 'checkout', zone: 'a' } }, launch: { timeoutMs: 1_000 }, drain: { timeoutMs: 1_000 },
  health: { web: { check: { kind: 'tcp' }, everyMs: 1_000, timeoutMs: 500, healthyAfter: 2, unhealthyAfter: 3 } }, router: { use: 'edge', backend: 'checkout' },
};

describe('two releases are identical', () => {
  it('whatever the order of their keys', () => {
    const { version, ...rest } = RELEASE;
    expect(identical(RELEASE, { ...rest, version, target: { with: { zone: 'a', job: 'checkout' }, instances: 2, use: 'hosts' } })).toBe(true);
  });

  it('after storage, which drops what is undefined', () => {
    expect(identical(RELEASE, JSON.parse(JSON.stringify({ ...RELEASE, note: undefined })) as Release)).toBe(true);
  });

  it.each<[string, Partial<Release>]>([
    ['version', { version: 'v2' }], ['target', { target: { ...RELEASE.target, instances: 3 } }], ['launch', { launch: { timeoutMs: 2 } }], ['drain', { drain: { timeoutMs: 2 } }],
    ['health', { health: {} }], ['router', { router: { use: 'edge', backend: 'other' } }],
  ])('only with the same %s', (_, change) => {
    expect(identical(RELEASE, { ...RELEASE, ...change })).toBe(false);
  });
});
