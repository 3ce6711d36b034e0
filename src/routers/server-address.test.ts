import { describe, expect, it } from '@jest/globals';
import { formatServerAddress, parseServerAddress } from './server-address.js';

describe('the address of a server', () => {
  it.each(['10.0.0.7:8080', '[::1]:80', '[2001:db8::7]:65535'])('is taken and given back: %s', (text) => {
    expect(formatServerAddress(parseServerAddress(text))).toBe(text);
  });

  it.each(['localhost:80', '10.0.0.7', '10.0.0.7:0', '10.0.0.7:65536', '300.0.0.1:80', '::1:80', '10.0.0.7:80; disable frontend fe', ''])('is refused: %s', (text) => {
    expect(() => parseServerAddress(text)).toThrow(expect.objectContaining({ code: 'TARGET_OUTPUT_INVALID' }));
  });
});
