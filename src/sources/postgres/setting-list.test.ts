import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { settingValues } from './setting-list.js';

describe('the values of a setting', () => {
  it('are one text where it is no list', () => {
    expect(settingValues('application_name', 'a, "b"')).toEqual(['a, "b"']);
  });

  it('are the names of a list, unquoted ones in lower case', () => {
    expect(settingValues('search_path', '"$user", Public, "a ""quoted"" name"')).toEqual(['$user', 'public', 'a "quoted" name']);
  });

  it('are never more than the names that were put in', () => {
    fc.assert(fc.property(fc.array(fc.string({ minLength: 1 })), (names) => {
      const stored = names.map((name) => `"${name.replaceAll('"', '""')}"`).join(', ');
      expect(settingValues('search_path', stored)).toEqual(names);
    }));
  });

  it('hold what was smuggled into a list as a name, not as a statement', () => {
    expect(settingValues('search_path', `a;DROP, 'b`)).toEqual(['a;drop', `'b`]);
  });
});
