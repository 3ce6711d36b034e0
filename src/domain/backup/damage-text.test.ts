import { describe, expect, it } from '@jest/globals';
import { damageText } from './damage-text.js';

describe('the text of damage', () => {
  it('names the file once, whether or not the finding does', () => {
    expect(damageText([{ file: 'a.txt', text: 'It is missing in the archive.' }])).toBe('a.txt: It is missing in the archive.');
    expect(damageText([{ file: 'a.txt', text: 'a.txt cannot be read.' }])).toBe('a.txt cannot be read.');
  });

  it('says of the whole backup what it is', () => {
    expect(damageText([{ file: null, text: 'The archive is missing.' }])).toBe('The archive is missing.');
  });

  it('shows three and counts the rest', () => {
    const damage = ['a', 'b', 'c', 'd', 'e'].map((file) => ({ file, text: 'Gone.' }));
    expect(damageText(damage)).toBe('a: Gone. b: Gone. c: Gone. And 2 more.');
  });

  it('that nobody knows is said to be unknown', () => {
    expect(damageText([])).toBe('No details are known.');
  });
});
