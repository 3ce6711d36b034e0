import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { referencePages } from '../src/cli/reference-pages.js';

describe('the generated pages of docs/', () => {
  it.each(Object.entries(referencePages()))('%s says what the source says (else run `npm run docs`)', (file, text) => {
    expect(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')).toBe(text);
  });
});
