import { describe, expect, it } from '@jest/globals';
import { word } from './word.js';

describe('a word of the runtime API', () => {
  it.each(['checkout-production', '/etc/haproxy/slipway/checkout.map', 'dead-01JD3V8Q2M5R7T9W1Y3A5C7E9G.3', 'blue:moving:x.1:2500:0:-'])('is taken: %s', (text) => {
    expect(word(text)).toBe(text);
  });

  it.each(['', 'a b', 'a;shutdown', 'a\nquit', 'a\\ b', 'a<<'])('is refused when it would be more: %j', (text) => {
    expect(() => word(text)).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }));
  });
});
