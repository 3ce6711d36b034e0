import { describe, expect, it } from '@jest/globals';
import { DEPLOYMENT_ID_PATTERN, deploymentWorkflowId, NAME_PATTERN, VERSION_PATTERN } from './names.js';

describe('a name', () => {
  it.each(['a', 'checkout', 'checkout-2', 'a'.repeat(63)])('may be "%s"', (name) => expect(NAME_PATTERN.test(name)).toBe(true));
  it.each(['', '-a', '2a', 'A', 'a_b', 'a/b', 'a.b', 'a b', 'a\n', 'a'.repeat(64)])('may not be "%s"', (name) => expect(NAME_PATTERN.test(name)).toBe(false));
});

describe('a version', () => {
  it.each(['v1', '1.2.3+build.5', 'sha256:abc', 'registry/app@sha256:ab', 'a'.repeat(255)])('may be "%s"', (version) => expect(VERSION_PATTERN.test(version)).toBe(true));
  it.each(['', '-rf', '--version', '.hidden', '/etc', 'v1;rm', 'v$(x)', 'v`x`', 'v 1', 'v1\n', 'v|x', 'a'.repeat(256)])('may not be "%s"', (version) => expect(VERSION_PATTERN.test(version)).toBe(false));
});

describe('the id of a deployment', () => {
  it('is a ULID', () => {
    expect(['01JD3V8Q2M5R7T9W1Y3A5C7E9G', '81JD3V8Q2M5R7T9W1Y3A5C7E9G', '01jd3v8q2m5r7t9w1y3a5c7e9g', 'x'].map((id) => DEPLOYMENT_ID_PATTERN.test(id))).toEqual([true, false, false, false]);
  });

  it('is not in the id of its workflow: that is the lock of service and environment', () => {
    expect(deploymentWorkflowId('production', 'checkout')).toBe('deploy/production/checkout');
  });
});
