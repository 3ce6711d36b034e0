import { describe, expect, it } from '@jest/globals';
import { cursorOf, pageOf } from './cursor.js';

describe('a cursor', () => {
  it('gives back the position of the last row of a page that is not the last', () => {
    const page = pageOf(['a', 'b', 'c'], 2, (row) => [row, row.length]);
    expect(page.items).toEqual(['a', 'b']);
    expect(cursorOf<[string, number]>({ limit: 2, cursor: page.next ?? '' }, ['', 0])).toEqual(['b', 1]);
  });

  it('ends with the last page', () => {
    expect(pageOf(['a', 'b'], 2, (row) => [row]).next).toBeNull();
  });

  it.each(['', 'x', 'bnVsbA', Buffer.from('["a","b"]').toString('base64url'), Buffer.from('[1]').toString('base64url')])('is refused when it is %j', (cursor) => {
    expect(() => cursorOf<[string]>({ limit: 2, cursor }, [''])).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }));
  });
});
