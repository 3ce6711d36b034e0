import { describe, expect, it } from '@jest/globals';
import { persistenceOfMark } from './saved-mark.js';

const ofMark = (mark: string | undefined, uptimeS: number): string => persistenceOfMark(mark, { pid: '7', uptimeS }).persisted;

describe('the mark of a HAProxy that is saved on its own host', () => {
  it('counts while it is new', () => {
    expect([ofMark('7.100', 102), ofMark('7.100', 110), ofMark('7.100', 111)]).toEqual(['yes', 'yes', 'no']);
  });

  it('of the process before counts for a moment after the start', () => {
    expect([ofMark('6.9000', 3), ofMark('6.9000', 30)]).toEqual(['yes', 'no']);
  });

  it('that is not there says nothing', () => {
    expect([ofMark(undefined, 3), ofMark('nonsense', 3)]).toEqual(['unknown', 'unknown']);
  });
});
