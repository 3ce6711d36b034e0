import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { splitLines } from './split-lines.js';

function linesOf(chunks: readonly Buffer[]): string[] {
  const lines: string[] = [];
  const splitter = splitLines((line) => lines.push(line));
  for (const chunk of chunks) splitter.take(chunk);
  splitter.end();
  return lines;
}

describe('lines out of chunks', () => {
  it('are the same wherever the chunks end', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.nat(200)), (text, cuts) => {
      const bytes = Buffer.from(`${text}\nlast`);
      const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
      const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
      expect(linesOf(chunks)).toEqual(bytes.toString().split('\n'));
    }));
  });

  it('end with the last one though it lacks its newline', () => {
    expect(linesOf([Buffer.from('a\nb')])).toEqual(['a', 'b']);
  });

  it('come in pieces when one has no end', () => {
    expect(linesOf([Buffer.alloc(1_100_000, 'x'), Buffer.alloc(1_100_000, 'x'), Buffer.from('y')])).toHaveLength(3);
  });
});
