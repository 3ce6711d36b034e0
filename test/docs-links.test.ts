import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { isErrorCode } from '../src/domain/errors.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const inDocs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((file) => join('docs', file));
const PAGES = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...inDocs].filter((file) => file.endsWith('.md')).toSorted();

const textOf = (page: string): string => readFileSync(join(ROOT, page), 'utf8');
/** The anchors of a page's headings, as GitHub makes them. */
const anchorsOf = (page: string): string[] => all(textOf(page).replaceAll(/^```.*?^```/gms, ''), /^#+ (.+)$/gm)
  .map((heading) => heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-'));
const all = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1] ?? '');

describe('the pages for people', () => {
  it.each(PAGES)('%s links to pages that are there', (page) => {
    const links = all(textOf(page), /\]\(([^)#\s]+)[^)]*\)/g).filter((link) => !/^[a-z]+:/.test(link));
    expect(links.filter((link) => !existsSync(join(ROOT, normalize(join(dirname(page), link)))))).toEqual([]);
  });

  it.each(PAGES)('%s links to headings that are there', (page) => {
    const links = all(textOf(page), /\]\(((?![a-z]+:)[^)\s]*#[^)\s]+)\)/g).map((link) => link.split('#'));
    const lost = links.filter(([file = '', anchor = '']) => !anchorsOf(file === '' ? page : normalize(join(dirname(page), file))).includes(anchor));
    expect(lost).toEqual([]);
  });

  it.each(PAGES)('%s names files that are there', (page) => {
    const files = all(textOf(page), /`((?:src|test|scripts|docs|examples|deploy)\/[\w./-]+\.\w+)`/g);
    expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  it.each(PAGES)('%s names codes that exist', (page) => {
    const codes = all(textOf(page), /`([A-Z]+(?:_[A-Z]+)+)`/g).filter((code) => !/^(?:AWS|SLIPWAY|TEMPORAL|POSTGRES)_(?!UNAVAILABLE|TIMEOUT|NOT_PREPARED)/.test(code));
    expect(codes.filter((code) => !isErrorCode(code))).toEqual([]);
  });
});
