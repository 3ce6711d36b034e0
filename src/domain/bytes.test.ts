import { describe, expect, it } from '@jest/globals';
import { formatBytes } from './bytes.js';

describe('formatBytes', () => {
  it.each([[0, '0 B'], [999, '999 B'], [1_000, '1.0 kB'], [1_500_000, '1.5 MB'], [123_456_789, '123 MB'], [2e15, '2000 TB']])('writes %d as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});
