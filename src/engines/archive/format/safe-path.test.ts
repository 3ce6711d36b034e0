import { posix } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { codeOf } from '../../../domain/errors.js';
import { foldersAbove, safePath } from './safe-path.js';

describe('a path of a backup', () => {
  it.each(['../x', '/etc/passwd', 'a/../../x', '..', '.', '', 'a//b', 'a/', './a', 'a/./b', 'a\0b'])('is refused where it could lead elsewhere: %j', (path) => {
    expect(() => safePath(path)).toThrow(expect.objectContaining({ code: 'UNSAFE_PATH' }));
  });

  it.each(['a', 'a/b', '..a', 'a..', '...', 'a b', '"a\'', 'a\\..\\b', '-rf', 'ü/ß'])('is taken as it is: %j', (path) => {
    expect(safePath(path)).toBe(path);
  });

  it('that is taken stays below the folder it is joined to', () => {
    const segment = fc.constantFrom('..', '.', '', 'a', 'b', '...', '~');
    fc.assert(fc.property(fc.array(segment, { maxLength: 6 }), (segments) => {
      const path = segments.join('/');
      try {
        expect(posix.resolve('/root', safePath(path)).startsWith('/root/')).toBe(true);
      } catch (error) {
        expect(codeOf(error)).toBe('UNSAFE_PATH');
      }
    }));
  });
});

it('names every folder above a path, the outermost first', () => {
  expect(foldersAbove('a/b/c')).toEqual(['a', 'a/b']);
});
