import { describe, expect, it } from '@jest/globals';
import { createPathCheck } from './unsafe-path.js';

describe('the paths of a backup', () => {
  it.each(['/a', '/a/b', '/..a/b', '/a b/"c"', '/-rf'])('may be %s', (path) => {
    expect(createPathCheck()(path, 'other')).toBe(true);
  });

  it.each(['/../a', '/a/../../b', '..', '/a/./b', '/a\0b'])('may not be %j', (path) => {
    expect(createPathCheck()(path, 'other')).toBe(false);
  });

  it('may be links, wherever they lead, as long as nothing stands beneath them', () => {
    const check = createPathCheck();
    expect(check('/a', 'link')).toBe(true);
    expect(check('/ab/c', 'other')).toBe(true);
    expect(check('/a/passwd', 'other')).toBe(false);
  });

  it.each([['link', 'other'], ['other', 'link']] as const)('name nothing twice of which one is a link: %s and %s', (first, second) => {
    const check = createPathCheck();
    check('/a/b', first);
    expect([check('/a', second), check('/a/b', second)]).toContain(false);
  });
});
