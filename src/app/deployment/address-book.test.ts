import { describe, expect, it } from '@jest/globals';
import { AddressBook } from './address-book.js';

const at = (deployment: string) => ({ deployment, service: 's', environment: 'e' });

describe('the address book', () => {
  it('forgets the oldest when it is full', () => {
    const book = new AddressBook(2);
    for (const each of ['a', 'b', 'c']) book.note(at(each));
    expect(['a', 'b', 'c'].map((each) => book.find(each)?.deployment)).toEqual([undefined, 'b', 'c']);
  });

  it('keeps what was noted again', () => {
    const book = new AddressBook(2);
    for (const each of ['a', 'b', 'a', 'c']) book.note(at(each));
    expect(['a', 'b'].map((each) => book.find(each)?.deployment)).toEqual(['a', undefined]);
  });
});
